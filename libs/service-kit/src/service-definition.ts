import type { Provider, Type } from '@nestjs/common';
import type { CleanedEnv } from 'envalid';
import type { DataSource, MigrationInterface } from 'typeorm';
import type { EventStore } from '@waymark/event-store';
import type { KeyRing } from '@waymark/privacy';
import type { OpenedEvent, Projection, SealedFields } from '@waymark/projections';
import type { Principal, Resource, ResourceType, RevocationSource } from '@waymark/access';
import type { MessageContract } from '@waymark/contracts';
import type { Translation } from '@waymark/messaging';
import type { Aggregate } from './aggregate.js';
import type { Aggregates } from './aggregates.js';
import type { Clock } from './clock.js';
import type { Settings } from './config.js';
import type { Consumption } from './consumption.js';
import type { Doors } from './doors.js';
import type { Erasure } from './erasure/erasure.js';
import type { DueWork } from './due-work.js';
import type { Log } from './log.js';
import type { Figure } from './metrics.js';
import { processClocksProjection } from './processes/process-clocks.projection.js';
import { type DeclaredProcesses, processAggregate } from './processes/process-declaration.js';
import { processesProjection } from './processes/processes.projection.js';
import type { Secrets } from './secrets.js';

/** What a service is made of. The runner (start-service.ts) does the rest. */
export interface ServiceDefinition<Own extends object = Record<never, never>> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Environment variables that only this service has. */
  readonly settings: Own;
  /** Aggregates whose streams this service owns: it appends to and reads these categories only. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a list of aggregates of different types
  readonly aggregates: readonly Aggregate<any, any, any>[];
  /** May read the streams of all services. Set where the store grants it too; `audit` only. */
  readonly readsWholeLog?: true;
  readonly module: Type;
  /** By kind, how the policies see a thing of this service as it stands now: for whoever explains a decision from outside. */
  readonly resources?: { readonly [Kind in ResourceType]?: FindResource<Kind> };
  /** Of tables that are no read models. */
  readonly migrations: readonly Type<MigrationInterface>[];
  /** Read models; a function where one needs the service's secret. */
  readonly projections: readonly Projection[] | ((parts: { readonly secrets: Secrets }) => readonly Projection[]);
  /** Providers that need the running platform. */
  readonly providers?: (platform: Platform<Own>) => Promise<readonly Provider[]> | readonly Provider[];
  /** Turns own events into published messages; undefined: not published. No sealed field is opened for it, and to read one fails. */
  readonly publish?: (event: OpenedEvent, platform: Platform<Own>) => Translation | undefined;
  /** The same for de-identified facts, which travel on a topic of their own. */
  readonly publishFacts?: (event: OpenedEvent, platform: Platform<Own>) => Translation | undefined;
  /** Sealed fields that facts are made of; no other is opened for them. */
  readonly factsOpen?: SealedFields;
  /** Every message that `publish` and `publishFacts` may make; any other is refused. */
  readonly publishes?: readonly MessageContract[];
  /** What it does about messages of the others; whatever is not listed passes by. */
  readonly consumes?: readonly Consumption[];
  /** What takes several steps, each led to its end with a deadline and an alarm. */
  readonly processes?: DeclaredProcesses;
  /** Set where what persons tell is sealed: how a person is erased here. */
  readonly erasure?: Erasure;
  /** Work that falls due, row by row of a table. */
  readonly dueWork?: (doors: Doors) => readonly DueWork[];
  /** Metrics that only this service has. */
  readonly figures?: (doors: Doors, settings: Platform<Own>['settings']) => readonly Figure[];
  /** The list of tokens that were taken back, where the service keeps it: all others read it there, as services. */
  readonly revocations?: (platform: Pick<Platform, 'dataSource'>) => RevocationSource;
  /** Other work of a clock: each is called again a second after it ended. */
  readonly clocks?: readonly ((doors: Doors) => Promise<void>)[];
}

/** Undefined when there is no such thing. */
export type FindResource<Kind extends ResourceType> = (
  id: string,
  from: Pick<Platform, 'aggregates' | 'dataSource'> & {
    readonly asker: Principal;
    /** Of the service. */
    readonly environment: NodeJS.ProcessEnv;
  },
) => Promise<Resource<Kind> | undefined>;

/** Its own read models, and those of its processes. */
export const projectionsOf = (
  { name, projections, processes }: Pick<ServiceDefinition, 'name' | 'projections' | 'processes'>,
  secrets: Secrets,
): readonly Projection[] => [
  ...(typeof projections === 'function' ? projections({ secrets }) : projections),
  ...(processes ? [processClocksProjection(name, processes), processesProjection(name)] : []),
];

/** All whose streams the service appends to and reads. Those of its processes are published by nobody. */
export const aggregatesOf = ({
  name,
  aggregates,
  processes,
}: Pick<ServiceDefinition, 'name' | 'aggregates' | 'processes'>): ServiceDefinition['aggregates'] => [
  ...aggregates,
  ...(processes ? [processAggregate(name)] : []),
];

/** What a running service stands on. */
export interface Platform<Own extends object = Record<never, never>> {
  readonly settings: Settings & CleanedEnv<Own>;
  readonly clock: Clock;
  readonly log: Log;
  readonly dataSource: DataSource;
  readonly aggregates: Aggregates;
  readonly store: EventStore;
  readonly secrets: Secrets;
  readonly keyRing: KeyRing;
}
