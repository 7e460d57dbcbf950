import { Injectable } from '@nestjs/common';
import type { Principal } from '@waymark/access';
import { notFound, ReadLog } from '@waymark/service-kit';
import { type ClientHistory, ClientHistories } from './client-histories.js';

export interface Replay {
  readonly caller: Principal;
  /** Name of the query. */
  readonly what: string;
  /** `Waymark-Position` up to which the caller wants the log to have been seen. */
  readonly position: string | undefined;
}

/** The only way from a route to a history: whoever replays one is on record before they see it. */
@Injectable()
export class Replays {
  constructor(
    private readonly histories: ClientHistories,
    private readonly reads: ReadLog,
  ) {}

  ofClient(clientId: string, replay: Replay): Promise<ClientHistory> {
    return this.recorded(`client-${clientId}`, replay, this.histories.ofClient(clientId, replay.position));
  }

  /** The whole history of the case's client. */
  ofCase(caseId: string, replay: Replay): Promise<ClientHistory> {
    return this.recorded(`case-${caseId}`, replay, this.histories.ofCase(caseId, replay.position));
  }

  private async recorded(
    stream: string,
    { caller, what }: Replay,
    reading: Promise<ClientHistory | undefined>,
  ): Promise<ClientHistory> {
    const history = await reading;
    if (!history) throw notFound();
    const { clientId } = history;
    await this.reads.read({ principal: caller, stream, clientId, what, ground: 'auditor', purpose: 'audit' });
    return history;
  }
}
