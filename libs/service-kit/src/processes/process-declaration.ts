import { derivedId } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import type { Aggregate, Call } from '../aggregate.js';
import type { Doors } from '../doors.js';
import { processDecider, type ProcessCommand, type ProcessPlan } from './process.decider.js';
import { type ProcessEvent, processEvents } from './process.events.js';
import type { Answer, ProcessState } from './process.state.js';

/** What a step is given when it is taken. */
export interface Taking {
  /** Id of what the process is about, and the stream of its cause. */
  readonly about: string;
  readonly stream: string;
  /** 1 for the first time; more when the step was overdue, or an operator orders it. */
  readonly attempt: number;
  /** What has come so far, of the steps before as well. */
  readonly answers: readonly Answer[];
  readonly doors: Doors;
  /** The same for the same attempt, however often it is made. */
  readonly call: Call;
}

export interface ProcessStep {
  /** Snake case, such as `open_case`. A step that open processes may be at is not taken out. */
  readonly name: string;
  /** From the beginning of the step until it is overdue. */
  readonly withinMinutes: number;
  /**
   * Does what the step is, through the ordinary commands, and answers the ids for each of which something has to come back
   * (`AnswerProcess`). None: the step is done with this. May be called again for the same attempt, and changes nothing then.
   */
  take(taking: Taking): Promise<readonly string[]>;
}

/**
 * A process of several steps that belongs to a service. It starts exactly once for each event of the kind that starts it: its id
 * follows from what it is about.
 */
export interface ProcessDeclaration {
  readonly service: string;
  /** Kebab case, such as `concern-acceptance`. */
  readonly name: string;
  /** Counts up whenever the steps or their order change. Open processes keep the plan with which they began. */
  readonly version: number;
  /** The events of the service's own log that start it, at most one of them for what it is then about. */
  readonly startedBy: {
    readonly category: string;
    readonly types: readonly string[];
    readonly about: (event: OpenedEvent) => string;
  };
  readonly steps: readonly [ProcessStep, ...ProcessStep[]];
}

/** The processes of a service. */
export interface DeclaredProcesses {
  /**
   * Counts up whenever a process comes or goes, or another event starts one: the view of their clocks is then built beside that of the
   * release before, which would move on over the new event. Golden files hold it to that (`npm run golden`).
   */
  readonly version: number;
  readonly declared: readonly ProcessDeclaration[];
}

export type ProcessAggregate = Aggregate<ProcessState, ProcessCommand, ProcessEvent>;

/** Where the processes of a service lie: streams `<service>_process-<id>`. */
export const processAggregate = (service: string): ProcessAggregate => ({
  category: `${service}_process`,
  events: processEvents,
  decider: processDecider,
  subjects: () => ({}),
});

export const processIdOf = ({ name }: Pick<ProcessDeclaration, 'name'>, about: string): string =>
  derivedId('process', name, about);

export const planOf = ({ name, version, steps }: ProcessDeclaration, about: string, stream: string): ProcessPlan => ({
  process: name,
  processVersion: version,
  about,
  stream,
  steps: steps.map((step) => ({ step: step.name, withinSeconds: step.withinMinutes * 60 })),
});
