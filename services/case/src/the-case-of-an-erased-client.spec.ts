import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { consentMessages, topicOf } from '@waymark/contracts';
import { derivedId } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { concernAccepted, eventsOf, newConcern, type OpenedCase, openCaseFor } from './accepted-concern.fixture.js';
import { caseService } from './case.service.js';

const [amina, kwame, ingrid, tomas] = ['amina.officer', 'kwame.officer', 'ingrid.supervisor', 'tomas.supervisor'];
const reason = 'kanarienvogel-we-share-an-office';
const closure = { closureReason: 'client_request', noFinalRiskBecause: reason };
const glass = { purpose: 'vital_interest', reason, hours: 2 };
const erasedAnswer = { status: 200, body: { erased: true } };
const personErased = { status: 409, body: { code: 'person_erased' } };

describe('the case of a client who was erased', () => {
  let stage: Stage;
  let opened: OpenedCase;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
  });
  afterAll(() => stage?.close());
  beforeEach(async () => {
    opened = await openCaseFor(stage, stage.busOf('intake'));
  });

  const post = (as: string, path: string, body: object, key = randomUUID()) =>
    stage.ask('case', 'POST', `/v1/cases/${opened.caseId}${path}`, { as, body, key });
  const get = (as: string, path = '') => stage.ask('case', 'GET', `/v1/cases/${opened.caseId}${path}`, { as });
  const approveErasure = ({ clientId } = opened) =>
    stage.busOf('consent').publish(topicOf('consent'), [
      {
        ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/consent', subject: clientId, sequence: 1 },
        ...{ type: consentMessages.erasureApproved.type, datacontenttype: 'application/json' },
        ...{ time: stage.clock.now(), correlationid: randomUUID(), causationid: randomUUID() },
        data: { clientId, erasureId: randomUUID(), approvedAt: stage.clock.now() },
      },
    ]);
  const isErased = () =>
    eventually(async () => {
      const noted: string[] = [];
      for await (const { type } of stage.log.readStream(`case_erasure-${opened.clientId}`)) noted.push(type);
      return noted.length === 1;
    });
  const erase = async (): Promise<void> => {
    await approveErasure();
    await isErased();
  };
  const lastData = async (): Promise<object> => {
    for await (const { data } of stage.log.readStream(`case-${opened.caseId}`, { direction: 'backwards', limit: 1 }))
      return data;
    throw new Error('an opened case has events');
  };

  it('is recused from by its officer and by a supervisor, for ever, and is told that no reason was kept', async () => {
    await erase();
    const key = randomUUID();
    for (const as of [amina, tomas] as const) {
      const first = await post(as, '/recusal', { reason }, key);
      expect(first).toMatchObject(erasedAnswer);
      expect(await post(as, '/recusal', { reason }, key)).toMatchObject({ status: 200, body: first.body });
      expect(await get(as)).toMatchObject({ status: 404 });
      expect(await lastData()).not.toHaveProperty('reason');
    }
    expect(await eventsOf(stage, opened.caseId)).toEqual(['CaseOpened', 'OfficerRecused', 'OfficerRecused']);
    const back = await post(ingrid, '/officer', { officerId: stage.idOf(amina) });
    expect(back).toMatchObject({ status: 409, body: { code: 'officer_recused' } });
    expect(await post(ingrid, '/officer', { officerId: stage.idOf(kwame) })).toMatchObject({ status: 200 });
  });

  it('is closed with reasons that are asked for as ever, and shows none', async () => {
    await erase();
    expect(await post(amina, '/closure', { closureReason: 'client_request' })).toMatchObject({
      ...{ status: 409, body: { code: 'final_risk_missing' } },
    });
    expect(await post(amina, '/closure', closure)).toMatchObject({
      status: 200,
      body: { erased: true, stage: 'closed' },
    });
    expect((await get(amina)).body.closure).toEqual({ closedAt: stage.clock.now(), closedBy: stage.idOf(amina) });
    for (const field of ['closureReason', 'noFinalRiskBecause', 'openReferrals'])
      expect(await lastData()).not.toHaveProperty(field);
  });

  it('has what was read under broken glass reviewed, with an outcome and without findings', async () => {
    const { grantId } = (await post(kwame, '/emergency-accesses', glass)).body;
    await erase();
    const review = { outcome: 'not_justified', findings: reason };
    const path = `/emergency-accesses/${grantId}`;
    expect(await post(ingrid, `${path}/review`, review)).toMatchObject({
      status: 200,
      body: { erased: true, grantId },
    });
    const seen = (await get(ingrid, path)).body;
    expect(seen.review).toEqual({
      ...{ outcome: 'not_justified', reviewedBy: stage.idOf(ingrid), reviewedAt: stage.clock.now() },
    });
    expect(await get(kwame)).toMatchObject({ status: 404 });
    expect(await post(ingrid, `${path}/review`, review)).toMatchObject({
      ...{ status: 409, body: { code: 'emergency_access_reviewed' } },
    });
  });

  it('is not written about, opened in an emergency or taken up again', async () => {
    await erase();
    const risk = { instrument: 'desk-risk', instrumentVersion: '1.0', levels: { safety: 'low' }, overall: 'low' };
    expect(await post(amina, '/notes', { noteClass: 'administrative', text: reason })).toMatchObject(personErased);
    expect(await post(amina, '/risk-assessments', risk)).toMatchObject(personErased);
    expect(await post(kwame, '/emergency-accesses', glass)).toMatchObject(personErased);
    expect(await post(amina, '/closure', closure)).toMatchObject(erasedAnswer);
    expect(await post(amina, '/reopening', { reason })).toMatchObject(personErased);
    expect(await eventsOf(stage, opened.caseId)).toEqual(['CaseOpened', 'CaseClosed']);
  });

  it('moves to no other stage, and is handed on to somebody who can close it', async () => {
    await erase();
    for (const as of [amina, ingrid])
      expect(await post(as, '/stage', { stage: 'planning' })).toMatchObject(personErased);
    expect(await post(kwame, '/stage', { stage: 'planning' })).toMatchObject({ status: 404 });
    expect(await post(ingrid, '/officer', { officerId: stage.idOf(kwame) })).toMatchObject({ status: 200 });
    expect(await post(kwame, '/closure', closure)).toMatchObject(erasedAnswer);
    expect(await eventsOf(stage, opened.caseId)).toEqual(['CaseOpened', 'OfficerAssigned', 'CaseClosed']);
  });

  it('is not opened where the erasure was approved before the acceptance was heard of, however often it is asked for', async () => {
    opened = { ...newConcern(stage), caseId: '' };
    const { concernId, clientId } = opened;
    await erase();
    const accepted = concernAccepted({ concernId, clientId, officerId: stage.idOf(amina) });
    const later = concernAccepted(newConcern(stage));
    await stage.busOf('intake').publish(topicOf('intake'), [accepted, later]);
    await eventually(async () => {
      const rows = await stage.query('case', 'SELECT 1 FROM inbox WHERE message_id = ANY($1)', [
        [accepted.id, later.id],
      ]);
      return rows.length === 2;
    });
    expect(await eventsOf(stage, derivedId('case', concernId))).toEqual([]);
  });

  it('is recused from and closed at the very moment of the erasure, too', async () => {
    for (let round = 0; round < 3; round += 1) {
      opened = await openCaseFor(stage, stage.busOf('intake'));
      const [, ...answers] = await Promise.all([
        approveErasure(),
        post(amina, '/recusal', { reason }),
        post(tomas, '/recusal', { reason }),
        post(ingrid, '/closure', closure),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      await isErased();
      expect((await get(ingrid)).body.closure).not.toHaveProperty('closureReason');
    }
  });

  it('says nothing of an erasure where nobody was erased, and keeps what was said, sealed', async () => {
    for (const answer of [await post(amina, '/closure', closure), await post(amina, '/recusal', { reason })]) {
      expect(answer).toMatchObject({ status: 200 });
      expect(answer.body).not.toHaveProperty('erased');
    }
    expect(await lastData()).toHaveProperty('reason.$sealed');
    const { events } = await stage.log.readAll({ after: 0n, limit: 1000 });
    expect(JSON.stringify(events.map(({ data }) => data))).not.toContain('kanarienvogel');
  });
});
