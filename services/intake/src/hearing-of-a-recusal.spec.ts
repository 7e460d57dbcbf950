import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseMessages, topicOf } from '@waymark/contracts';
import { derivedId, type Message } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { deskOf, eventsOf, typesOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

jest.setTimeout(120_000);

const [officer, colleague] = ['amina.officer', 'lucia.officer'];

describe('that somebody has recused from a case, as intake hears of it', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  const accepted = async (): Promise<string> => {
    const { concernId } = await desk.submit();
    await desk.accept(concernId, officer);
    return concernId;
  };
  const said = (type: string, concernId: string, sequence: number, data: object): Message => {
    const caseId = derivedId('case', concernId);
    return {
      ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/case', type, subject: caseId },
      ...{ time: stage.clock.now(), datacontenttype: 'application/json', sequence },
      ...{ correlationid: randomUUID(), causationid: randomUUID(), data: { caseId, concernId, ...data } },
    };
  };
  const opened = (concernId: string): Message =>
    said(caseMessages.caseOpened.type, concernId, 1, {
      ...{ clientId: randomUUID(), officerId: stage.idOf(officer), openedAt: stage.clock.now() },
    });
  const recused = (concernId: string, sequence = 2, who = officer): Message =>
    said(caseMessages.officerRecused.type, concernId, sequence, {
      ...{ staffId: stage.idOf(who), recusedAt: stage.clock.now() },
    });
  const tell = (...messages: readonly Message[]) => stage.busOf('case').publish(topicOf('case'), messages);
  const heard = ({ id }: Message) =>
    eventually(async () =>
      expect(await stage.query('intake', 'SELECT 1 FROM inbox WHERE message_id = $1', [id])).toHaveLength(1),
    );
  const recusals = async (concernId: string): Promise<number> =>
    typesOf(await eventsOf(stage, concernId)).filter((type) => type === 'OfficerRecusedFromConcern').length;
  const read = (concernId: string, as: string) => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });

  it('is noted once, however often it is told and by however many messages', async () => {
    const concernId = await accepted();
    const [first, again] = [recused(concernId), recused(concernId, 3)];
    await tell(opened(concernId), first, first, again, first);
    await heard(again);
    expect(await recusals(concernId)).toBe(1);
    expect(await read(concernId, officer)).toMatchObject({ status: 404 });
  });

  it('waits for what was told before it, and then bites', async () => {
    const concernId = await accepted();
    const told = recused(concernId);
    await tell(told);
    expect(await read(concernId, officer)).toMatchObject({ status: 200 });
    await tell(opened(concernId));
    await heard(told);
    expect(await read(concernId, officer)).toMatchObject({ status: 404 });
  });

  it('wins over being given the concern at the same moment, whichever comes first', async () => {
    for (let round = 0; round < 4; round += 1) {
      const concernId = await accepted();
      const [away, both] = [recused(concernId, 2, colleague), recused(concernId, 3)];
      await tell(opened(concernId), away);
      const given = { as: 'ingrid.supervisor', body: { officerId: stage.idOf(colleague) } };
      const [answer] = await Promise.all([
        stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, given),
        tell(both),
      ]);
      expect([200, 409]).toContain(answer.status);
      await heard(both);
      for (const who of [officer, colleague]) expect(await read(concernId, who)).toMatchObject({ status: 404 });
      expect(await recusals(concernId)).toBe(2);
    }
  });

  it('leaves the reporter what is theirs', async () => {
    const raised = await desk.submit();
    await desk.accept(raised.concernId, officer);
    const told = recused(raised.concernId);
    await tell(opened(raised.concernId), told);
    await heard(told);
    expect(await desk.myConcern(raised.receipt)).toMatchObject({ concernId: raised.concernId });
  });
});
