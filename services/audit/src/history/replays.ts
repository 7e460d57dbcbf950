import { Injectable } from '@nestjs/common';
import type { ActionOn, Principal } from '@waymark/access';
import { notFound, ReadLog } from '@waymark/service-kit';
import { ClientIndex } from '../client-index/client-index.js';
import { type ClientHistory, ClientHistories } from './client-histories.js';
import { HistoryReaders } from './history-readers.js';

export interface Replay {
  readonly caller: Principal;
  /** Name of the query. */
  readonly what: ActionOn<'History'>;
  /** `Waymark-Position` up to which the caller wants the log to have been seen. */
  readonly position: string | undefined;
}

/**
 * The only way from a route to a history: whoever replays one is on record before they see it. For whom a reporter shuts out there is
 * none.
 */
@Injectable()
export class Replays {
  constructor(
    private readonly index: ClientIndex,
    private readonly readers: HistoryReaders,
    private readonly histories: ClientHistories,
    private readonly reads: ReadLog,
  ) {}

  ofClient(clientId: string, replay: Replay): Promise<ClientHistory> {
    return this.recorded(`client-${clientId}`, clientId, replay);
  }

  /** The whole history of the case's client. */
  async ofCase(caseId: string, replay: Replay): Promise<ClientHistory> {
    const clientId = await this.index.clientOfCase(caseId, replay.position);
    if (clientId === undefined) throw notFound();
    return this.recorded(`case-${caseId}`, clientId, replay);
  }

  private async recorded(stream: string, clientId: string, { caller, what, position }: Replay): Promise<ClientHistory> {
    const streams = await this.index.streamsOf(clientId, position);
    if (streams.length === 0) throw notFound();
    const ground = await this.readers.demand(caller, what, streams);
    const history = await this.histories.of(clientId, streams);
    await this.reads.read({ principal: caller, stream, clientId, what, ground });
    return history;
  }
}
