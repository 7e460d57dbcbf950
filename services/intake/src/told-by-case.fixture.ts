import { randomUUID } from 'node:crypto';
import { expect } from '@jest/globals';
import { caseMessages, topicOf } from '@waymark/contracts';
import { derivedId, type Message } from '@waymark/messaging';
import type { Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { deskOf } from './intake.fixture.js';

/** Plays the case service for intake: says what becomes of the cases of concerns that one officer takes and accepts. */
export class ToldByCase {
  constructor(
    private readonly stage: Stage,
    private readonly officer: string,
  ) {}

  /** The concern, as its reporter knows it. */
  async accepted(): Promise<{ readonly concernId: string; readonly receipt: string }> {
    const desk = deskOf(this.stage);
    const raised = await desk.submit();
    await desk.accept(raised.concernId, this.officer);
    return raised;
  }

  opened(concernId: string): Message {
    return this.said(caseMessages.caseOpened.type, concernId, 1, {
      ...{ clientId: randomUUID(), officerId: this.stage.idOf(this.officer), openedAt: this.stage.clock.now() },
    });
  }

  teamChanged(concernId: string, sequence: number, ...team: readonly string[]): Message {
    return this.said(caseMessages.teamChanged.type, concernId, sequence, {
      ...{ clientId: randomUUID(), team: team.map((who) => this.stage.idOf(who)), changedAt: this.stage.clock.now() },
      revision: sequence,
    });
  }

  recused(concernId: string, sequence = 2, who = this.officer): Message {
    return this.said(caseMessages.officerRecused.type, concernId, sequence, {
      ...{ staffId: this.stage.idOf(who), recusedAt: this.stage.clock.now() },
    });
  }

  tell(...messages: readonly Message[]): Promise<unknown> {
    return this.stage.busOf('case').publish(topicOf('case'), messages);
  }

  heard({ id }: Message): Promise<unknown> {
    const sql = 'SELECT 1 FROM inbox WHERE message_id = $1';
    return eventually(async () => expect(await this.stage.query('intake', sql, [id])).toHaveLength(1));
  }

  private said(type: string, concernId: string, sequence: number, data: object): Message {
    const caseId = derivedId('case', concernId);
    return {
      ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/case', type, subject: caseId },
      ...{ time: this.stage.clock.now(), datacontenttype: 'application/json', sequence },
      ...{ correlationid: randomUUID(), causationid: randomUUID(), data: { caseId, concernId, ...data } },
    };
  }
}
