import {
  type Decider,
  type DecisionContext,
  DomainRejection,
  type Instant,
  isBefore,
  plusMilliseconds,
} from '@waymark/event-sourcing';
import type { PlannedStep, ProcessEvent } from './process.events.js';
import { type Answer, evolve, missingOf, noProcess, type OpenProcess, type ProcessState } from './process.state.js';

/** How a process begins. */
export interface ProcessPlan {
  readonly process: string;
  readonly processVersion: number;
  readonly about: string;
  readonly stream: string;
  readonly steps: readonly PlannedStep[];
}

export type ProcessCommand =
  | { readonly type: 'StartProcess'; readonly plan: ProcessPlan; readonly since: Instant }
  | {
      readonly type: 'NoteStepTaken';
      readonly step: string;
      readonly attempt: number;
      readonly awaits: readonly string[];
    }
  /** Starts the process if nobody has: an answer may be faster than the clock. */
  | { readonly type: 'AnswerStep'; readonly plan: ProcessPlan; readonly answer: Answer }
  | { readonly type: 'NoteStepOverdue'; readonly step: string };

export type ProcessRejectionCode = 'process_not_found' | 'clock_not_due';

const minute = 60_000;

/** One minute after an overdue step was taken again, twice as long after each further time, an hour at most. */
const pauseAfter = (attempt: number): number => Math.min(60 * minute, minute * 2 ** Math.min(attempt - 2, 20));

/**
 * A process as pure functions, the same for all: it goes through its plan, a step is done when all that it awaits has come, and one
 * that is overdue is taken again for as long as it is not done. What comes twice, too late or for another step changes nothing.
 */
export const processDecider: Decider<ProcessState, ProcessCommand, ProcessEvent> = {
  initialState: noProcess,
  evolve,
  decide(command, state, context) {
    switch (command.type) {
      case 'StartProcess':
        return state.status === 'none' ? [started(command.plan, command.since)] : [];
      case 'AnswerStep':
        return answer(command.plan, command.answer, state, context);
      case 'NoteStepTaken':
        return taken(command, state, context);
      case 'NoteStepOverdue':
        return overdue(command.step, state, context);
    }
  },
};

const started = (plan: ProcessPlan, since: Instant): ProcessEvent => ({
  type: 'ProcessStarted',
  data: { ...plan, since, dueAt: deadline(plan.steps[0], since) },
});

const deadline = (planned: PlannedStep | undefined, from: Instant): Instant =>
  plusMilliseconds(from, (planned?.withinSeconds ?? 0) * 1_000);

function answer(
  plan: ProcessPlan,
  answered: Answer,
  state: ProcessState,
  context: DecisionContext,
): readonly ProcessEvent[] {
  const start = state.status === 'none' ? [started(plan, context.now)] : [];
  const before = start.reduce(evolve, state);
  if (before.status !== 'open') return [];
  const known = before.answers.some(({ step, awaited }) => step === answered.step && awaited === answered.awaited);
  if (known) return [];
  const event: ProcessEvent = { type: 'ProcessStepAnswered', data: answered };
  return [...start, event, ...whatIsDone(evolve(before, event), context)];
}

function taken(
  { step, attempt, awaits }: Extract<ProcessCommand, { type: 'NoteStepTaken' }>,
  state: ProcessState,
  context: DecisionContext,
): readonly ProcessEvent[] {
  const process = at(step, state);
  if (!process || attempt <= process.current.attempts) return [];
  const again = process.current.overdue ? { againAt: plusMilliseconds(context.now, pauseAfter(attempt)) } : {};
  const event: ProcessEvent = { type: 'ProcessStepTaken', data: { step, attempt, awaits, ...again } };
  return [event, ...whatIsDone(evolve(process, event), context)];
}

function overdue(step: string, state: ProcessState, { now }: DecisionContext): readonly ProcessEvent[] {
  const process = at(step, state);
  if (!process || process.current.overdue) return [];
  const { dueAt, attempts } = process.current;
  if (isBefore(now, dueAt)) return reject('clock_not_due', 'The deadline has not come.');
  return [{ type: 'ProcessStepOverdue', data: { step, dueAt, attempts, missing: missingOf(process) } }];
}

/** The process, if it is open and at this step. */
function at(step: string, state: ProcessState): OpenProcess | undefined {
  if (state.status === 'none') return reject('process_not_found', 'There is no such process.');
  return state.status === 'open' && state.current.step === step ? state : undefined;
}

function whatIsDone(state: ProcessState, { now }: DecisionContext): readonly ProcessEvent[] {
  if (state.status !== 'open' || state.current.attempts === 0 || missingOf(state).length > 0) return [];
  const { step } = state.current;
  const next = state.steps[state.steps.findIndex((planned) => planned.step === step) + 1];
  if (next) return [{ type: 'ProcessStepDone', data: { step, next: { step: next.step, dueAt: deadline(next, now) } } }];
  return [
    { type: 'ProcessStepDone', data: { step } },
    { type: 'ProcessCompleted', data: { process: state.process } },
  ];
}

const reject = (code: ProcessRejectionCode, detail: string): never => {
  throw new DomainRejection<ProcessRejectionCode>(code, detail);
};
