import { Inject, Injectable } from '@nestjs/common';
import { type ChainVerdict, type EventStore, type RecordedEvent, verifyStream } from '@waymark/event-store';
import { byPosition, type Fact, factOf } from '../replay/fact.js';
import { EVENT_LOG } from './event-log.js';

export interface VerifiedStream {
  readonly stream: string;
  readonly events: number;
  readonly verdict: ChainVerdict;
}

/** All that the log holds about one client, but for the lists that showed something of them among others. */
export interface ClientHistory {
  readonly clientId: string;
  /** In the order of the log. */
  readonly facts: readonly Fact[];
  readonly streams: readonly VerifiedStream[];
}

/** Reads histories from the log itself, never from a copy, and verifies every chain on the way. */
@Injectable()
export class ClientHistories {
  constructor(@Inject(EVENT_LOG) private readonly log: EventStore) {}

  /** `names`: all streams about the client. */
  async of(clientId: string, names: readonly string[]): Promise<ClientHistory> {
    const facts: Fact[] = [];
    const streams: VerifiedStream[] = [];
    for (const stream of names) {
      const events = await this.read(stream);
      streams.push({ stream, events: events.length, verdict: await verdictOn(events) });
      facts.push(...events.map(factOf));
    }
    facts.sort(byPosition);
    return { clientId, facts, streams };
  }

  private async read(stream: string): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const event of this.log.readStream(stream)) events.push(event);
    return events;
  }
}

/** A stream that the index knows from its events and that has none any more has lost them all. */
async function verdictOn(events: readonly RecordedEvent[]): Promise<ChainVerdict> {
  return events.length === 0 ? { intact: false, revision: 0, fault: 'revision' } : verifyStream(events);
}
