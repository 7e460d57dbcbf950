import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '@waymark/testing';
import {
  caseClosed,
  caseReopened,
  clientOfTeam,
  type ConsentStage,
  startConsentStage,
  toOmbudsman,
} from './consent.fixture.js';
import { othersAnswer } from './erasing.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const [supervisor, another] = ['ingrid.supervisor', 'tomas.supervisor'];

describe('erasing a client', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage({ environment: { RETENTION_MONTHS: '6' } });
  });
  afterAll(() => stage?.close());

  const known = (): Promise<string> => clientOfTeam(stage, [officer, supervisor]);
  const request = (clientId: string, as = officer) =>
    stage.post(`/v1/clients/${clientId}/erasure-requests`, { as, body: { way: 'oral' } });
  const approve = (clientId: string, as = supervisor) => stage.post(`/v1/clients/${clientId}/erasure-approval`, { as });
  const erasureOf = async (clientId: string) =>
    (await stage.get(`/v1/clients/${clientId}/erasure`, { as: supervisor })).body.erasure;
  const overdue = async (): Promise<string> =>
    /^waymark_erasures_overdue\{.*\} (\d+)$/m.exec((await stage.get('/metrics')).body)?.[1] ?? 'not told';

  it('takes two persons, and the officer who wrote it down is one of them', async () => {
    const clientId = await known();
    expect(await request(clientId, supervisor)).toMatchObject({ status: 201 });
    expect(await approve(clientId)).toMatchObject({ status: 409, body: { code: 'approver_is_requester' } });
    expect(await approve(clientId, officer)).toMatchObject({ status: 403 });
    expect(await approve(clientId, another)).toMatchObject({ status: 200 });
  });

  it('is one approval although two supervisors give it at once', async () => {
    const clientId = await known();
    await request(clientId);
    const answers = await Promise.all([approve(clientId), approve(clientId, another)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const approvals = (await stage.eventsOf(clientId)).filter(({ type }) => type === 'ErasureApproved');
    expect(approvals).toHaveLength(1);
  });

  it('is for the team and the client to ask for; to others the client does not exist', async () => {
    const clientId = await known();
    const other = randomUUID();
    const missing = { status: 404, body: { code: 'not_found' } };
    expect(await request(clientId, 'kwame.officer')).toMatchObject(missing);
    expect(await request(other)).toMatchObject(missing);
    expect(await stage.get(`/v1/clients/${clientId}/erasure`, { as: 'kwame.officer' })).toMatchObject(missing);
    expect(await stage.get(`/v1/clients/${other}/erasure`, { as: supervisor })).toMatchObject(missing);
    const hold = { as: supervisor, body: { basis: 'investigation' } };
    expect(await stage.post(`/v1/clients/${other}/legal-holds`, hold)).toMatchObject(missing);
    expect(await approve(other)).toMatchObject({ status: 404 });
    const token = await stage.receipt(clientId, 'reporter');
    for (const answer of [stage.post('/v1/my-erasure', { token }), stage.get('/v1/my-erasure', { token })])
      expect((await answer).status).toBeGreaterThanOrEqual(403);
  });

  it('names what is wrong with a body that is', async () => {
    const clientId = await known();
    const answer = await stage.post(`/v1/clients/${clientId}/legal-holds`, { as: supervisor, body: { basis: 'whim' } });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ field: 'basis' }] } });
  });

  it('is an alarm when a context has not answered in a day, until it does', async () => {
    const clientId = await known();
    await stage.post(`/v1/clients/${clientId}/consents`, { as: officer, body: toOmbudsman(stage) });
    await request(clientId);
    await approve(clientId);
    const { erasureId } = await eventually(async () => {
      const erasure = await erasureOf(clientId);
      return erasure.contexts.length === 1 && erasure;
    });
    expect(await erasureOf(clientId)).toMatchObject({ status: 'approved', contexts: [{ context: 'consent' }] });
    expect(await overdue()).toBe('0');
    stage.clock.advance({ hours: 25 });
    const late = Number(await overdue());
    expect(late).toBeGreaterThan(0);
    await othersAnswer(stage, clientId, erasureId);
    await eventually(async () => (await erasureOf(clientId)).status === 'completed');
    await eventually(async () => Number(await overdue()) === late - 1);
    const certificates = (await stage.eventsOf(clientId)).filter(({ type }) => type === 'ErasureCompleted');
    expect(certificates).toHaveLength(1);
    expect(await erasureOf(clientId)).toMatchObject({ lastBackupExpiresAt: '2031-01-01T00:00:00.000Z' });
  });

  it('is asked for by the retention rule when the cases were closed for so long, and approved by a person', async () => {
    const refuse = (clientId: string) =>
      stage.post(`/v1/clients/${clientId}/consent-refusals`, { as: officer, body: refusal(stage) });
    const ofCase = async () => {
      const clientId = randomUUID();
      const { subject: caseId } = await stage.team(clientId, [officer, supervisor]);
      return { caseId, clientId };
    };
    const closed = async () => {
      const of = await ofCase();
      await refuse(of.clientId);
      await stage.tell(caseClosed(of, stage.clock.now(), 3));
      return of;
    };
    const [old, active, reopened, open, never] = [
      await closed(),
      await closed(),
      await closed(),
      await ofCase(),
      await ofCase(),
    ];
    await refuse(open.clientId);
    // Of whom the consent record holds nothing.
    await stage.tell(caseClosed(never, stage.clock.now(), 3));
    await stage.tell(caseReopened(reopened, stage.clock.now(), 4));
    stage.clock.advance({ days: 100 });
    await refuse(active.clientId);
    stage.clock.advance({ days: 100 });
    for (const { clientId } of [old, never]) {
      const erasure = await eventually(async () => {
        const found = await erasureOf(clientId);
        return found !== undefined && found;
      });
      expect(erasure).toMatchObject({ status: 'requested', ground: 'retention', requestedBy: 'consent' });
      expect(erasure).not.toHaveProperty('way');
    }
    for (const { clientId } of [active, reopened, open]) expect(await erasureOf(clientId)).toBeUndefined();
    expect(await approve(old.clientId)).toMatchObject({ status: 200 });
  });
});

function refusal(stage: ConsentStage) {
  const { validUntil: _until, form: _form, ...asked } = toOmbudsman(stage);
  return asked;
}
