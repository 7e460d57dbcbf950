import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { FollowedCases } from './followed-case.fixture.js';

jest.setTimeout(180_000);

const officer = 'amina.officer';
const supervisor = 'ingrid.supervisor';
const colleague = 'kwame.officer';
const listeners = ['intake', 'consent', 'referral'];
const keepers = ['consent', 'referral'];

/** Messages come, and are not taken: whoever takes one has to wait for the table of those that were. */
async function withoutMessages(stage: Stage): Promise<() => Promise<void>> {
  const clients = listeners.map((name) => new pg.Client(String(stage.environmentOf(name).DATABASE_URL)));
  for (const client of clients) {
    await client.connect();
    await client.query('BEGIN; LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE');
  }
  return async () => {
    await Promise.all(clients.map((client) => client.end()));
  };
}

describe('who works on a case', () => {
  let stage: Stage;
  let cases: FollowedCases;
  let messagesComeAgain: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService, consent, referral], logLevel: 'error' });
    cases = new FollowedCases(stage, officer);
  });
  afterEach(async () => {
    await messagesComeAgain?.();
    messagesComeAgain = undefined;
  });
  afterAll(() => stage?.close());

  const change = async (caseId: string, path: string, as: string, body: object = {}) =>
    expect(await stage.ask('case', 'POST', `/v1/cases/${caseId}/${path}`, { as, body })).toMatchObject({ status: 200 });
  const join = (caseId: string) => change(caseId, 'team-members', supervisor, { staffId: stage.idOf(colleague) });
  const leave = (caseId: string) => change(caseId, `team-members/${stage.idOf(colleague)}/removal`, supervisor);
  const seenBy = async (as: string, { concernId, clientId, referralId }: Record<string, string>) => [
    (await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as })).status,
    (await cases.askOfClient('GET', String(clientId), 'consents', as)).status,
    (await cases.askOfReferrals('GET', `/${referralId}`, as)).status,
  ];
  /** What the copies say, and what the log does. */
  const copiesOf = async (caseId: string) => {
    const sql = 'SELECT team, revision, changed_at FROM case_teams WHERE case_id = $1';
    const rows = keepers.map((name) =>
      stage.query<{ team: string[]; revision: string; changed_at: Date }>(name, sql, [caseId]),
    );
    return (await Promise.all(rows)).map(([row]) => ({
      ...{ team: row?.team, revision: Number(row?.revision), changedAt: row?.changed_at.toISOString() },
    }));
  };
  const lastIn = async (caseId: string) => {
    let last: object = {};
    for await (const { revision, data, metadata } of stage.log.readStream(`case-${caseId}`)) {
      const { team } = data as { readonly team?: readonly string[] };
      if (team) last = { team, revision, changedAt: metadata.occurredAt };
    }
    return last;
  };
  const openWithReferral = async () => {
    const followed = await cases.open();
    const { body } = await stage.ask('case', 'GET', `/v1/cases/${followed.caseId}`, { as: officer });
    const concernId: string = body.concernId;
    return { ...followed, concernId, referralId: await cases.send(followed) };
  };

  it('is known to intake, consent and referral with the next request, while no message comes', async () => {
    const followed = await openWithReferral();
    messagesComeAgain = await withoutMessages(stage);
    expect(await seenBy(colleague, followed)).toEqual([404, 404, 404]);
    await join(followed.caseId);
    expect(await seenBy(colleague, followed)).toEqual([200, 200, 200]);
    await leave(followed.caseId);
    expect(await seenBy(colleague, followed)).toEqual([404, 404, 404]);
    await join(followed.caseId);
    await change(followed.caseId, 'recusal', colleague, { reason: 'We are cousins.' });
    expect(await seenBy(colleague, followed)).toEqual([404, 404, 404]);
    const { concernId, caseId } = followed;
    const read = () => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: supervisor });
    expect(await read()).toMatchObject({ status: 200 });
    await change(caseId, 'recusal', supervisor, { reason: 'She is my neighbour.' });
    expect(await read()).toMatchObject({ status: 404 });
  });

  it('stays as it was told last, when the messages of before come after it', async () => {
    const followed = await openWithReferral();
    messagesComeAgain = await withoutMessages(stage);
    await join(followed.caseId);
    await leave(followed.caseId);
    await join(followed.caseId);
    const last = await lastIn(followed.caseId);
    expect(last).toMatchObject({ revision: 3 });
    expect(await copiesOf(followed.caseId)).toEqual([last, last]);
    await messagesComeAgain();
    for (const name of listeners)
      await eventually(async () => {
        // Not even in between: a message of before would have let them out again.
        expect(await seenBy(colleague, followed)).toEqual([200, 200, 200]);
        const heard = 'SELECT 1 FROM inbox_sequence WHERE subject = $1 AND last_sequence = 5';
        expect(await stage.query(name, heard, [followed.caseId])).not.toHaveLength(0);
      });
    expect(await copiesOf(followed.caseId)).toEqual([last, last]);
    const heard: number[] = [];
    for await (const { type, data } of stage.log.readStream(`concern-${followed.concernId}`))
      if (type === 'TeamOfConcernChanged') heard.push((data as { revision: number }).revision);
    expect(heard).toEqual([0, 1, 2, 3]);
    expect(await seenBy(colleague, followed)).toEqual([200, 200, 200]);
  });

  it('changes all the same while a service that is told does not answer, which hears of it by message', async () => {
    const followed = await openWithReferral();
    await join(followed.caseId);
    for (const name of listeners) await stage.stop(name);
    await leave(followed.caseId);
    expect(await stage.ask('case', 'GET', `/v1/cases/${followed.caseId}`, { as: colleague })).toMatchObject({
      status: 404,
    });
    for (const name of listeners) await stage.start(name);
    await eventually(async () => expect(await seenBy(colleague, followed)).toEqual([404, 404, 404]));
  });

  it('is told by the case service only, and of no case or concern that is not known', async () => {
    const { caseId, clientId } = await openWithReferral();
    const concernId = randomUUID();
    const body = { concernId, clientId, team: [stage.idOf(colleague)], changedAt: stage.clock.now(), revision: 1_000 };
    for (const name of listeners) {
      const tell = (as: string, id = caseId) =>
        stage.token(as).then((token) => stage.ask(name, 'POST', `/v1/case-teams/${id}`, { token, body }));
      for (const other of [supervisor, 'service:referral', 'service:consent'])
        expect(await tell(other)).toMatchObject({ status: 403 });
      expect(await tell('service:case', randomUUID())).toMatchObject({ status: 200, body: { known: false } });
      const known = keepers.includes(name);
      expect(await tell('service:case')).toMatchObject({ status: 200, body: { known } });
    }
  });
});
