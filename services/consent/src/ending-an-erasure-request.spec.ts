import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@waymark/testing';
import {
  caseReopened,
  caseClosed,
  clientOfTeam,
  type ConsentStage,
  startConsentStage,
  toOmbudsman,
} from './consent.fixture.js';
import { linkIds, othersAnswer } from './erasing.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const [supervisor, another] = ['ingrid.supervisor', 'tomas.supervisor'];

describe('a request for an erasure', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage({ environment: { RETENTION_MONTHS: '6' } });
  });
  afterAll(() => stage?.close());

  const of = (clientId: string, path: string) => `/v1/clients/${clientId}/${path}`;
  const known = (): Promise<string> => clientOfTeam(stage, [officer, supervisor]);
  const request = (clientId: string, as = officer) =>
    stage.post(of(clientId, 'erasure-requests'), { as, body: { way: 'oral' } });
  const withdraw = (clientId: string, as = officer) =>
    stage.post(of(clientId, 'erasure-request-withdrawal'), { as, body: { way: 'oral' } });
  const decline = (clientId: string, as = another) =>
    stage.post(of(clientId, 'erasure-decline'), { as, body: { reason: 'still_in_touch' } });
  const approve = (clientId: string, as = another) => stage.post(of(clientId, 'erasure-approval'), { as });
  const erasureOf = async (clientId: string, as = supervisor) =>
    (await stage.get(of(clientId, 'erasure'), { as })).body.erasure;
  const waiting = async (clientId: string): Promise<boolean> => {
    const { body } = await stage.get('/v1/approvals?limit=100', { as: another });
    return body.items.some((each: { clientId: string }) => each.clientId === clientId);
  };
  const typesOf = async (clientId: string) => (await stage.eventsOf(clientId)).map(({ type }) => type);
  const missing = { status: 404, body: { code: 'not_found' } };

  it('is withdrawn by the client, waits for nobody any more, and may be made again', async () => {
    const clientId = await known();
    await request(clientId);
    expect(await waiting(clientId)).toBe(true);
    const token = await stage.receipt(clientId, 'client');
    expect(await stage.post('/v1/my-erasure/withdrawal', { token })).toMatchObject({
      status: 200,
      body: { status: 'withdrawn' },
    });
    const mine = (await stage.get('/v1/my-erasure', { token })).body;
    expect(mine).toMatchObject({ status: 'withdrawn', endedAt: expect.any(String) });
    expect(mine).not.toHaveProperty('endedBy');
    expect(await waiting(clientId)).toBe(false);
    expect(await approve(clientId)).toMatchObject({ status: 404, body: { code: 'erasure_not_found' } });
    expect(await request(clientId)).toMatchObject({ status: 201 });
    expect(await withdraw(clientId)).toMatchObject({ status: 200 });
    expect(await withdraw(clientId)).toMatchObject({ status: 404, body: { code: 'erasure_not_found' } });
  });

  it('is too late to take back once it is approved', async () => {
    const clientId = await known();
    await request(clientId);
    await approve(clientId);
    for (const late of [await withdraw(clientId), await decline(clientId)])
      expect(late).toMatchObject({ status: 409, body: { code: 'person_erased' } });
  });

  it('is declined by another person than the one who asked, for a reason that the client is not shown', async () => {
    const clientId = await known();
    await request(clientId, supervisor);
    expect(await decline(clientId, supervisor)).toMatchObject({ status: 409, body: { code: 'approver_is_requester' } });
    expect(await decline(clientId, officer)).toMatchObject({ status: 403 });
    const unknown = { as: another, body: { reason: 'because' } };
    expect(await stage.post(of(clientId, 'erasure-decline'), unknown)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'reason' }] },
    });
    expect(await decline(clientId)).toMatchObject({ status: 200, body: { status: 'declined' } });
    const ended = { status: 'declined', endedBecause: 'still_in_touch', endedBy: stage.idOf(another) };
    expect(await erasureOf(clientId)).toMatchObject(ended);
    const token = await stage.receipt(clientId, 'client');
    const mine = (await stage.get('/v1/my-erasure', { token })).body;
    expect(mine.status).toBe('declined');
    for (const field of ['endedBecause', 'endedBy']) expect(mine).not.toHaveProperty(field);
  });

  it('ends for nobody who may not know of the client', async () => {
    const clientId = await known();
    await request(clientId);
    expect(await withdraw(clientId, 'kwame.officer')).toMatchObject(missing);
    expect(await withdraw(randomUUID())).toMatchObject(missing);
    expect(await decline(randomUUID())).toMatchObject(missing);
    const token = await stage.receipt(clientId, 'reporter');
    expect((await stage.post('/v1/my-erasure/withdrawal', { token })).status).toBe(403);
    expect(await erasureOf(clientId)).toMatchObject({ status: 'requested' });
  });

  it('is withdrawn by whichever of their ids it was made', async () => {
    const [before, again] = [await known(), randomUUID()];
    await linkIds(stage, again, before);
    await request(again);
    const token = await stage.receipt(before, 'client');
    expect(await stage.post('/v1/my-erasure/withdrawal', { token })).toMatchObject({ status: 200 });
    expect(await erasureOf(again)).toMatchObject({ status: 'withdrawn' });
  });

  describe('that the retention rule has made', () => {
    /** Silent for so long that the rule has asked; their case is closed. */
    const silent = async (): Promise<{ readonly clientId: string; readonly caseId: string }> => {
      const clientId = randomUUID();
      const { subject: caseId } = await stage.team(clientId, [officer, supervisor]);
      await stage.tell(caseClosed({ caseId, clientId }, stage.clock.now(), 3));
      stage.clock.advance({ days: 200 });
      await eventually(async () => (await erasureOf(clientId))?.status === 'requested');
      return { clientId, caseId };
    };

    it('lapses at its approval where a case of theirs was taken up again, and is answered alike however often', async () => {
      const { clientId, caseId } = await silent();
      await stage.tell(caseReopened({ caseId, clientId }, stage.clock.now(), 4));
      const key = randomUUID();
      const late = { status: 409, body: { code: 'erasure_no_longer_due' } };
      for (const _time of [1, 2])
        expect(await stage.post(of(clientId, 'erasure-approval'), { as: another, key })).toMatchObject(late);
      expect(await erasureOf(clientId)).toMatchObject({ status: 'lapsed', endedBecause: 'client_came_again' });
      expect(await waiting(clientId)).toBe(false);
    });

    it('lapses where they have said what they want since', async () => {
      const { clientId } = await silent();
      const consent = { as: officer, body: toOmbudsman(stage) };
      expect(await stage.post(of(clientId, 'consents'), consent)).toMatchObject({ status: 201 });
      expect(await approve(clientId)).toMatchObject({ status: 409, body: { code: 'erasure_no_longer_due' } });
    });

    it('does not keep them from being known when they come again, which ends it', async () => {
      const { clientId } = await silent();
      const again = randomUUID();
      await linkIds(stage, again, clientId);
      expect(await erasureOf(clientId)).toMatchObject({ status: 'lapsed', endedBecause: 'client_came_again' });
      expect(await typesOf(again)).toEqual(['ClientsLinked', 'ClientLinkAnswered']);
    });

    it('is made once more after another silence where it was declined', async () => {
      const { clientId } = await silent();
      await decline(clientId);
      stage.clock.advance({ days: 100 });
      expect(await erasureOf(clientId)).toMatchObject({ status: 'declined' });
      stage.clock.advance({ days: 100 });
      await eventually(async () => (await erasureOf(clientId)).status === 'requested');
      expect(await approve(clientId)).toMatchObject({ status: 200 });
      const { erasureId } = await erasureOf(clientId);
      await othersAnswer(stage, clientId, erasureId);
      await eventually(async () => (await erasureOf(clientId)).status === 'completed');
    });
  });
});
