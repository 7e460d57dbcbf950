import { setTimeout as pause } from 'node:timers/promises';
import {
  fold,
  type DecisionContext,
  DomainRejection,
  type DomainEvent,
  type Instant,
  type OpenedData,
  readAsCurrent,
  sealedThen,
  versionToWrite,
} from '@waymark/event-sourcing';
import { type EventStore, EventStoreError, type EventToAppend, type RecordedEvent, Turns } from '@waymark/event-store';
import { derivedId } from '@waymark/messaging';
import { createEventSealer, type EventSealer, type KeyRing } from '@waymark/privacy';
import type { Aggregate, Call, HistoryEntry, Loaded, Written } from './aggregate.js';
import type { Clock } from './clock.js';
import { notFound, Problem } from './problem.js';
import { throwIfRefusedBefore } from './refused-before.js';

const attempts = 20;
/** Other processes have no part in the turns of this one: whoever loses waits by chance, so that nobody loses again and again. */
const longestPauseMs = 50;

/** The same command was decided twice at once and another attempt was appended first: its events are the answer. */
class DecidedElsewhere extends Error {}

/** Loads, decides and appends aggregates of one service: sealed on the way in, opened on the way out. */
export class Aggregates {
  private readonly sealers = new Map<string, EventSealer>();
  /** A withdrawal must not lose its turn to a crowd of openings. */
  private readonly turns = new Turns();

  constructor(
    private readonly store: EventStore,
    private readonly keyRing: KeyRing,
    private readonly clock: Clock,
  ) {}

  /** The moment by which it decides. */
  now(): Instant {
    return this.clock.now();
  }

  /** State as of the end of the stream; for that of an earlier moment fold a part of `history`. */
  async load<State, Command, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
  ): Promise<Loaded<State>> {
    const history = await this.history(aggregate, id);
    return {
      state: fold(
        aggregate.decider,
        history.map(({ event }) => event),
      ),
      revision: history.length - 1,
    };
  }

  /** As `load`, but answers 404 when there is no such aggregate. */
  async loadExisting<State, Command, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
  ): Promise<Loaded<State>> {
    const loaded = await this.load(aggregate, id);
    if (loaded.revision < 0) throw notFound();
    return loaded;
  }

  /**
   * Decides a command and appends what follows at the revision that was read; on a conflict reads and decides again. A command
   * that was appended before is not decided again: its first events, or its refusal, are the answer. Events that a rejection asks to record are
   * appended, then the rejection is thrown.
   */
  async change<State, Command, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
    command: Command,
    call: Call,
  ): Promise<Written<State, Event>> {
    return this.turns.take(`${aggregate.category}-${id}`, async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await this.tryChange(aggregate, id, command, call);
        } catch (error) {
          if (!canBeDecidedAgain(error, call) || attempt === attempts) throw error;
          await pause(Math.random() * Math.min(2 ** attempt, longestPauseMs));
        }
      }
    });
  }

  private async tryChange<State, Command, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
    command: Command,
    call: Call,
  ): Promise<Written<State, Event>> {
    const history = await this.history(aggregate, id);
    const state = fold(
      aggregate.decider,
      history.map(({ event }) => event),
    );
    const contextAt = (now: Instant): DecisionContext => ({
      now,
      actor: call.actor,
      newId: (label: string) => derivedId(call.commandId, label),
      eventIdAt: (index: number) => eventIdAt(call, aggregate.category, id, index),
    });
    const before = history.filter(({ recorded }) => recorded.metadata.causationId === call.commandId);
    const last = before.at(-1);
    if (last) {
      throwIfRefusedBefore(aggregate.decider, command, history, before, contextAt(last.recorded.metadata.occurredAt));
      return {
        id,
        state,
        // As it was answered first: what has happened since is not for everybody who asks again.
        revision: last.recorded.revision,
        position: last.recorded.position,
        events: before.map(({ event }) => event),
      };
    }
    if (call.ifMatch !== undefined && call.ifMatch !== history.length - 1)
      throw new Problem(412, 'revision_mismatch', 'This has changed since you read it. Read it again and repeat.');
    const context = contextAt(this.clock.now());
    try {
      const events = aggregate.decider.decide(command, state, context);
      return await this.append(aggregate, id, history.length - 1, state, events, call, context.now);
    } catch (error) {
      if (error instanceof DomainRejection && error.record.length > 0)
        await this.append(
          aggregate,
          id,
          history.length - 1,
          state,
          error.record as readonly Event[],
          call,
          context.now,
        );
      throw error;
    }
  }

  private async append<State, Command, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
    revision: number,
    before: State,
    events: readonly Event[],
    call: Call,
    now: Instant,
  ): Promise<Written<State, Event>> {
    if (events.length === 0) return { id, state: before, revision, position: 0n, events };
    let state = before;
    const batch: EventToAppend[] = [];
    for (const event of events) {
      state = aggregate.decider.evolve(state, event);
      batch.push(await this.toAppend(aggregate, id, event, state, call, batch.length, now));
    }
    const result = await this.store.append(`${aggregate.category}-${id}`, revision < 0 ? 'none' : revision, batch);
    if (result.repeated) throw new DecidedElsewhere();
    return { id, state, revision: result.revision, position: result.position, events, appendedAt: now };
  }

  private async toAppend<State, Command, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
    event: Event,
    state: State,
    call: Call,
    index: number,
    now: Instant,
  ): Promise<EventToAppend> {
    const eventId = eventIdAt(call, aggregate.category, id, index);
    const subjects = aggregate.subjects(state);
    const type: Event['type'] = event.type;
    const version = versionToWrite(aggregate.events, type, event.data);
    return {
      id: eventId,
      type,
      schemaVersion: version,
      data: await this.sealer(aggregate).seal({ eventId, type, version, data: event.data, subjects }),
      metadata: {
        actor: { kind: call.actor.kind, id: call.actor.id },
        ...(call.onBehalfOf === undefined ? {} : { onBehalfOf: call.onBehalfOf }),
        ...(call.actor.unit === undefined ? {} : { unit: call.actor.unit }),
        ...(call.purpose === undefined ? {} : { purpose: call.purpose }),
        correlationId: call.correlationId,
        causationId: call.commandId,
        occurredAt: occurredAt(event, now),
        ...(call.traceparent === undefined ? {} : { traceparent: call.traceparent }),
      },
    };
  }

  /**
   * A recorded event with its sealed fields opened, or of these with the ones named only, as they are named today; read as the current
   * version of its type: the one place where older versions are dealt with. Rejects with `UnknownEventError` for a type or version that
   * the aggregate does not declare.
   */
  async open<State, Command, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    recorded: RecordedEvent,
    only?: readonly string[],
  ): Promise<OpenedData> {
    const { id: eventId, type, schemaVersion: version, data } = recorded;
    const event = { eventId, type, version, data };
    const sealer = this.sealer(aggregate);
    const opened = await (only
      ? sealer.openFields(event, sealedThen(aggregate.events, type, version, only))
      : sealer.open(event));
    return readAsCurrent(aggregate.events, type, version, opened);
  }

  /** All events of an aggregate in order; empty when there is none of that id. */
  async history<State, Command, Event extends DomainEvent>(
    aggregate: Aggregate<State, Command, Event>,
    id: string,
  ): Promise<readonly HistoryEntry<Event>[]> {
    const history: HistoryEntry<Event>[] = [];
    for await (const recorded of this.store.readStream(`${aggregate.category}-${id}`)) {
      const { data } = await this.open(aggregate, recorded);
      history.push({ event: { type: recorded.type, data } as Event, recorded });
    }
    return history;
  }

  private sealer<State, Command, Event extends DomainEvent>(aggregate: Aggregate<State, Command, Event>): EventSealer {
    const known = this.sealers.get(aggregate.category);
    if (known) return known;
    const sealer = createEventSealer({ declaration: aggregate, keyRing: this.keyRing });
    this.sealers.set(aggregate.category, sealer);
    return sealer;
  }
}

function canBeDecidedAgain(error: unknown, call: Call): boolean {
  if (error instanceof DecidedElsewhere) return true;
  if (!(error instanceof EventStoreError)) return false;
  if (error.code === 'batch_partly_known') return true;
  return error.code === 'wrong_expected_revision' && call.ifMatch === undefined;
}

const eventIdAt = (call: Call, category: string, id: string, index: number): string =>
  derivedId(call.commandId, category, id, String(index));

/** Events that tell of an earlier moment say so in a field named `occurredAt`; all others happen now. */
const occurredAt = (event: DomainEvent, now: Instant): Instant =>
  'occurredAt' in event.data && typeof event.data.occurredAt === 'string' ? event.data.occurredAt : now;
