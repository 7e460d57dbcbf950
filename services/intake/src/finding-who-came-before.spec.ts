import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consentMessages, topicOf } from '@waymark/contracts';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { callAt, deskOf, eventsOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

const [amina, kwame] = ['amina.officer', 'kwame.officer'];

describe('somebody who comes again', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error', now: new Date().toISOString() });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  const address = () => `noor.${randomUUID()}@example.org`;
  const call = async (contactDetails: string, changed: object = {}): Promise<string> => {
    stage.clock.advance({ minutes: 1 });
    return desk.register(callAt(stage.clock.now(), { identity: 'confidential', contactDetails, ...changed }));
  };
  const taken = async (contactDetails: string, as = amina, changed: object = {}): Promise<string> => {
    const concernId = await call(contactDetails, changed);
    await desk.step(concernId, 'allocation', as);
    return concernId;
  };
  const find = (concernId: string, as = amina) =>
    stage.ask('intake', 'GET', `/v1/concerns/${concernId}/same-contact`, { as });
  const found = async (concernId: string, as = amina): Promise<string[]> => {
    const { status, body } = await find(concernId, as);
    expect(status).toBe(200);
    return body.items.map((line: { concernId: string }) => line.concernId);
  };
  /** On which ground each time. */
  const readsOf = async (concernId: string, as: string): Promise<readonly string[]> => {
    const reads: string[] = [];
    let after = 0n;
    for (;;) {
      const { events, position } = await stage.log.readAll({ after, categories: ['intake_access'] });
      if (position === after) return reads;
      for (const { data, metadata } of events) {
        const { resource, what, ground } = data as { resource: string; what: string; ground: string };
        const isIt = resource === `concern-${concernId}` && what === 'FindSameContact';
        if (isIt && metadata.actor.id === stage.idOf(as)) reads.push(ground);
      }
      after = position;
    }
  };

  it('is found by address or number, however it was typed, with whom to ask about it', async () => {
    const mail = address();
    const number = `+9611${String(Math.floor(Math.random() * 1e6)).padStart(6, '0')}`;
    const first = await taken(`${mail.toUpperCase()}, or ${number}`, kwame);
    const second = await call(`Call me: 00${number.slice(1, 4)} ${number.slice(4, 7)}-${number.slice(7)}`);
    const now = await taken(`<${mail}> / ${number}`);
    const other = await taken(address());
    expect(await found(now)).toEqual([second, first]);
    expect((await find(now)).body.items).toMatchObject([
      { concernId: second, status: 'submitted' },
      { concernId: first, officerId: stage.idOf(kwame) },
    ]);
    expect(await found(other)).toEqual([]);
  });

  it('cannot be looked for by whoever has not taken a concern with that contact: not even a supervisor', async () => {
    const mail = address();
    await taken(mail, kwame);
    const now = await taken(mail);
    const missing = { status: 404, body: { code: 'not_found' } };
    for (const as of [kwame, 'ingrid.supervisor']) expect(await find(now, as)).toMatchObject(missing);
    expect(await find(randomUUID())).toMatchObject(missing);
    expect(await find(now, 'olivier.ombudsman')).toMatchObject({ status: 403 });
  });

  it('is not found by somebody whom their earlier concern shuts out', async () => {
    const mail = address();
    const exclusions = { people: [stage.idOf(amina)], roles: [], units: [] };
    const about = await taken(mail, kwame, { exclusions });
    expect(await found(await taken(mail))).toEqual([]);
    expect(await found(await taken(mail, kwame), kwame)).toContain(about);
  });

  it('is not found when they gave no contact, though others gave none either', async () => {
    const [one, other] = [await taken('at the gate, after six'), await taken('at the gate, after six')];
    expect(await found(one)).toEqual([]);
    expect(await found(other)).toEqual([]);
  });

  it('leaves a record of who looked, at each concern that was found', async () => {
    const mail = address();
    const before = await taken(mail, kwame);
    const now = await taken(mail);
    await found(now);
    expect(await readsOf(before, amina)).toEqual(['desk']);
    expect(await readsOf(now, amina)).toEqual(['allocated_officer']);
  });

  it('stands in no view in the clear, and with another secret for another contact', async () => {
    const mail = address();
    const concernId = await taken(mail);
    await found(concernId);
    const rows = await stage.query('intake', 'SELECT * FROM contact_marks WHERE concern_id = $1', [concernId]);
    expect(rows).toMatchObject([{ marks: [expect.stringMatching(/^[0-9a-f]{64}$/)] }]);
    expect(JSON.stringify(rows)).not.toContain('noor');
  });

  it('is not found any more once they were erased', async () => {
    const mail = address();
    // Who reported for themself: reporter and client are one.
    const { concernId } = await desk.submit({ identity: 'confidential', contactDetails: mail });
    const now = await taken(mail);
    expect(await found(now)).toEqual([concernId]);
    const { clientId } = (await eventsOf(stage, concernId))[0]?.data as { clientId: string };
    const data = { clientId, erasureId: randomUUID(), approvedAt: stage.clock.now() };
    await stage.busOf('consent').publish(topicOf('consent'), [
      {
        ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/consent', subject: clientId, sequence: 1, data },
        ...{ type: consentMessages.erasureApproved.type, datacontenttype: 'application/json' },
        ...{ time: stage.clock.now(), correlationid: randomUUID(), causationid: randomUUID() },
      },
    ]);
    await eventually(async () => (await found(now)).length === 0);
    const rows = await stage.query('intake', 'SELECT 1 FROM contact_marks WHERE concern_id = $1', [concernId]);
    expect(rows).toEqual([]);
  });
});
