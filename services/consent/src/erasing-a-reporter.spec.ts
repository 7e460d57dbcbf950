import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { intakeMessages } from '@waymark/contracts';
import type { ShutOut } from '@waymark/service-kit';
import { eventually } from '@waymark/testing';
import { type ConsentStage, inDays, startConsentStage, toOmbudsman } from './consent.fixture.js';
import {
  caseFollows,
  linkIds,
  othersAnswer,
  type Reported,
  reporterAsks,
  saidByIntake,
  tellFromIntake,
} from './erasing.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const [supervisor, another] = ['ingrid.supervisor', 'tomas.supervisor'];
const missing = { status: 404, body: { code: 'not_found' } };

describe('erasing who reported and is not the client', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const of = (reporterId: string, path: string) => `/v1/clients/${reporterId}/${path}`;
  const approve = (reporterId: string, as = supervisor) => stage.post(of(reporterId, 'erasure-approval'), { as });
  const erasing = (reporterId: string, as = supervisor) => stage.get(of(reporterId, 'erasure'), { as });
  const asked = (excluded?: Partial<ShutOut>, requestedBy?: string) => reporterAsks(stage, excluded, requestedBy);
  const opened = (reported: Reported, excluded?: Partial<ShutOut>) => caseFollows(stage, reported, excluded);

  it('begins with what intake tells, once, in the name of who asked, with or without a case', async () => {
    const { reporterId } = await asked();
    const erasure = { status: 'requested', ground: 'reporter_request', way: 'oral', requestedBy: stage.idOf(officer) };
    expect(await erasing(reporterId)).toMatchObject({ status: 200, body: { erasure, legalHolds: [] } });
    expect((await stage.eventsOf(reporterId)).map(({ type }) => type)).toEqual(['ErasureRequested']);
  });

  it('takes another person than the one who asked, and ends with the certificate', async () => {
    const { reporterId } = await asked({}, stage.idOf(supervisor));
    expect(await approve(reporterId)).toMatchObject({ status: 409, body: { code: 'approver_is_requester' } });
    expect(await approve(reporterId, officer)).toMatchObject({ status: 403 });
    expect(await approve(reporterId, another)).toMatchObject({ status: 200 });
    const { erasureId } = (await erasing(reporterId)).body.erasure;
    await othersAnswer(stage, reporterId, erasureId);
    const erasure = await eventually(async () => {
      const { body } = await erasing(reporterId);
      return body.erasure.status === 'completed' && body.erasure;
    });
    expect(erasure).toMatchObject({ ground: 'reporter_request', approvedBy: stage.idOf(another) });
    expect(erasure.contexts).toHaveLength(4);
  });

  it('is followed by the reporter behind their receipt, who is not told who declined it and why, and may ask again', async () => {
    const { reporterId, clientId, concernId } = await asked();
    const token = await stage.receiptOfReporter(reporterId);
    const mine = async () => (await stage.get('/v1/my-erasure', { token })).body;
    expect(await mine()).toMatchObject({ status: 'requested', ground: 'reporter_request' });
    const decline = { as: supervisor, body: { reason: 'kept_by_obligation' } };
    expect(await stage.post(of(reporterId, 'erasure-decline'), decline)).toMatchObject({ status: 200 });
    expect(await mine()).toMatchObject({ status: 'declined', endedAt: expect.any(String) });
    for (const kept of ['endedBy', 'endedBecause', 'requestedBy']) expect(await mine()).not.toHaveProperty(kept);
    const again = { reporterId, clientId, concernId, way: 'receipt' as const, requestedBy: 'session' };
    const message = saidByIntake(stage, intakeMessages.reporterErasureRequested, again);
    await tellFromIntake(stage, { ...message, sequence: 2 });
    expect(await mine()).toMatchObject({ status: 'requested', way: 'receipt' });
    expect(await approve(reporterId)).toMatchObject({ status: 200 });
    expect(await mine()).toMatchObject({ status: 'approved' });
  });

  it('is taken back by the reporter, until it was approved', async () => {
    const [kept, erased] = [await asked(), await asked()];
    const takeBack = async ({ reporterId }: Reported) =>
      stage.post('/v1/my-erasure/withdrawal', { token: await stage.receiptOfReporter(reporterId) });
    expect(await takeBack(kept)).toMatchObject({ status: 200, body: { status: 'withdrawn' } });
    expect(await takeBack(kept)).toMatchObject({ status: 404, body: { code: 'erasure_not_found' } });
    expect(await approve(kept.reporterId)).toMatchObject({ status: 404, body: { code: 'erasure_not_found' } });
    await approve(erased.reporterId);
    expect(await takeBack(erased)).toMatchObject({ status: 409, body: { code: 'person_erased' } });
  });

  it('is nobody else’s to see: of the client, of another reporter, or of one who is the client and has no client receipt', async () => {
    const { reporterId, clientId } = await asked();
    for (const [token, status] of [
      [await stage.receipt(clientId, 'client'), 404],
      [await stage.receiptOfReporter(randomUUID()), 404],
      [await stage.receipt(reporterId, 'reporter'), 403],
    ] as const) {
      expect(await stage.get('/v1/my-erasure', { token })).toMatchObject({ status });
      expect(await stage.post('/v1/my-erasure/withdrawal', { token })).toMatchObject({ status });
    }
    const token = await stage.receiptOfReporter(reporterId);
    for (const path of ['/v1/my-consents', '/v1/my-ledger'])
      expect(await stage.get(path, { token })).toMatchObject({ status: 403 });
    expect(await stage.post('/v1/my-erasure', { token })).toMatchObject({ status: 403 });
  });

  it('waits for legal holds, those on the client among them, and keeps nobody from holding the client', async () => {
    const reported = await asked();
    const { reporterId, clientId } = reported;
    await opened(reported);
    const hold = async (id: string): Promise<() => Promise<unknown>> => {
      const { body } = await stage.post(of(id, 'legal-holds'), { as: another, body: { basis: 'investigation' } });
      return () => stage.post(of(id, `legal-holds/${body.holdId}/lifting`), { as: another });
    };
    const lifts = [await hold(reporterId), await hold(clientId)];
    for (const lift of lifts) {
      expect(await approve(reporterId)).toMatchObject({ status: 409, body: { code: 'legal_hold_stands' } });
      await lift();
    }
    expect(await approve(reporterId)).toMatchObject({ status: 200 });
    const late = await stage.post(of(reporterId, 'legal-holds'), { as: another, body: { basis: 'investigation' } });
    expect(late).toMatchObject({ status: 409, body: { code: 'person_erased' } });
    await hold(clientId);
    expect(await stage.get(of(clientId, 'erasure'), { as: another })).toMatchObject({ body: { legalHolds: [{}] } });
    expect((await stage.get(of(clientId, 'erasure'), { as: another })).body).not.toHaveProperty('erasure');
  });

  it('waits for a legal hold on the client by whichever id they have', async () => {
    const [reported, before] = [await asked(), await asked()];
    await opened(before);
    await linkIds(stage, reported.clientId, before.clientId);
    await stage.post(of(before.clientId, 'legal-holds'), { as: another, body: { basis: 'investigation' } });
    expect(await approve(reported.reporterId)).toMatchObject({ status: 409, body: { code: 'legal_hold_stands' } });
  });

  it('does not exist for whom the reporter shut out, nor for whom another reporter shut out of the client', async () => {
    const byName = await asked({ people: [stage.idOf(supervisor)] });
    const byRole = await asked({ roles: ['supervisor'] });
    const alternateDesk = { unit: 'ethics_office', owns: true };
    const byDesk = await asked({ units: ['support_desk'], alternateDesk });
    const byAnother = await asked();
    await opened(byAnother, { people: [stage.idOf(supervisor)] });
    const body = { basis: 'investigation' };
    for (const { reporterId } of [byName, byRole, byDesk, byAnother])
      for (const ask of [
        (id: string) => erasing(id),
        (id: string) => approve(id),
        (id: string) => stage.post(of(id, 'legal-holds'), { as: supervisor, body }),
        (id: string) => stage.post(of(id, `legal-holds/${randomUUID()}/lifting`), { as: supervisor }),
        (id: string) => stage.get(of(id, 'overrides'), { as: supervisor }),
      ]) {
        const [hidden, random] = [await ask(reporterId), await ask(randomUUID())];
        expect(hidden).toMatchObject(missing);
        expect({ ...hidden.body, instance: '' }).toEqual({ ...random.body, instance: '' });
      }
    for (const { reporterId } of [byName, byAnother])
      expect(await erasing(reporterId, another)).toMatchObject({ status: 200 });
    expect(await erasing(byDesk.reporterId, 'samuel.supervisor')).toMatchObject({ status: 200 });
  });

  it('makes no client of the reporter: the team of the case finds nothing by their id', async () => {
    const reported = await asked();
    await opened(reported);
    const { reporterId } = reported;
    expect(await erasing(reporterId, officer)).toMatchObject(missing);
    expect(await stage.get(of(reporterId, 'consents'), { as: officer })).toMatchObject(missing);
    const grant = { as: officer, body: toOmbudsman(stage, { validUntil: inDays(stage, 3) }) };
    expect(await stage.post(of(reporterId, 'consents'), grant)).toMatchObject(missing);
    const request = { as: officer, body: { way: 'oral' } };
    expect(await stage.post(of(reporterId, 'erasure-requests'), request)).toMatchObject(missing);
  });
});
