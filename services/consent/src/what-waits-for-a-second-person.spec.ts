import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { marksOf } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import {
  caseOpened,
  clientOfTeam,
  type ConsentStage,
  inDays,
  startConsentStage,
  toOmbudsman,
} from './consent.fixture.js';
import { linkIds } from './erasing.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const [supervisor, another] = ['ingrid.supervisor', 'tomas.supervisor'];

describe('what waits for a second person', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const known = (): Promise<string> => clientOfTeam(stage, [officer, supervisor]);
  const post = (clientId: string, path: string, as = officer, body: object = {}) =>
    stage.post(`/v1/clients/${clientId}/${path}`, { as, body });
  const overriding = async (clientId: string, changed: object = {}, as = officer): Promise<string> => {
    const answer = await post(clientId, 'overrides', as, {
      ...{ recipient: 'ombudsman', purpose: 'referral', categories: ['contact'], legalBasis: 'legal_obligation' },
      ...{ justification: 'A court asks.', validUntil: inDays(stage, 5), ...changed },
    });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.overrideId;
  };
  const erasing = async (clientId: string, as = officer): Promise<string> => {
    const answer = await post(clientId, 'erasure-requests', as, { way: 'oral' });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.erasureId;
  };
  const list = async (as = supervisor, query = ''): Promise<readonly Record<string, unknown>[]> =>
    (await stage.get(`/v1/approvals?limit=100${query}`, { as })).body.items;
  /** The list follows the log within moments. */
  const waiting = (clientId: string, requests: readonly string[], as = supervisor) =>
    eventually(async () => {
      const ofClient = (await list(as)).filter((line) => line.clientId === clientId);
      expect(ofClient.map(({ requestId }) => requestId)).toEqual(requests);
    });

  it('stands in one list, what has waited longest first, and says who asked, for whom and until when', async () => {
    const [one, two] = [await known(), await known()];
    const [overrideId, erasureId] = [await overriding(one), await erasing(two)];
    await waiting(two, [erasureId]);
    const lines = (await list()).filter(({ clientId }) => clientId === one || clientId === two);
    const requestedBy = stage.idOf(officer);
    expect(lines).toEqual([
      {
        ...{ kind: 'override', requestId: overrideId, clientId: one, requestedBy },
        ...{ requestedAt: expect.any(String), validUntil: inDays(stage, 5), clientSaidNo: [] },
      },
      { kind: 'erasure', requestId: erasureId, clientId: two, requestedBy, requestedAt: expect.any(String) },
    ]);
    expect((await list(supervisor, '&kind=erasure')).map(({ kind }) => kind)).not.toContain('override');
    expect((await list(supervisor, '&kind=override')).map(({ kind }) => kind)).not.toContain('erasure');
  });

  it('says which no of the client an override stands against, by whichever id, and nothing of how they put it', async () => {
    const [clientId, again] = [await known(), await known()];
    await linkIds(stage, again, clientId);
    const { validUntil: _until, form: _form, ...refusal } = toOmbudsman(stage, { reason: 'kanarie' });
    for (const id of [clientId, again])
      expect(await post(id, 'consent-refusals', officer, refusal)).toMatchObject({ status: 201 });
    const overrideId = await overriding(clientId);
    await waiting(clientId, [overrideId]);
    const no = {
      ...{ how: 'refused', recipient: 'ombudsman', purpose: 'referral', saidAt: stage.clock.now() },
      ...{ categories: refusal.categories, standing: refusal.categories },
    };
    const [line] = (await list()).filter((each) => each.clientId === clientId);
    expect(line?.clientSaidNo).toEqual([no, no]);
    const { items } = (await stage.get(`/v1/clients/${clientId}/overrides`, { as: supervisor })).body;
    expect(line?.clientSaidNo).toEqual(items[0].clientSaidNo);
    expect(items[0]).not.toHaveProperty('expired');
  });

  it('leaves it once somebody has approved, or it is too late to', async () => {
    const clientId = await known();
    const [approved, late] = [await overriding(clientId), await overriding(clientId, { validUntil: inDays(stage, 1) })];
    await waiting(clientId, [approved, late]);
    expect(await post(clientId, `overrides/${approved}/approval`, supervisor)).toMatchObject({ status: 200 });
    await waiting(clientId, [late]);
    stage.clock.advance({ days: 1 });
    await waiting(clientId, []);
  });

  it('is not who asked, though another supervisor finds it', async () => {
    const clientId = await known();
    const requests = [await overriding(clientId, {}, supervisor), await erasing(clientId, supervisor)];
    await waiting(clientId, requests, another);
    await waiting(clientId, []);
  });

  it('is nothing any more when the client decided themself about a vital interest, or is being erased', async () => {
    const clientId = await known();
    const vital = await overriding(clientId, { legalBasis: 'vital_interest' });
    const obliged = await overriding(clientId);
    await waiting(clientId, [vital, obliged]);
    expect(await post(clientId, 'consents', officer, toOmbudsman(stage))).toMatchObject({ status: 201 });
    await waiting(clientId, [obliged]);
    const erasureId = await erasing(clientId);
    await waiting(clientId, [obliged, erasureId]);
    expect(await post(clientId, 'erasure-approval', supervisor)).toMatchObject({ status: 200 });
    await waiting(clientId, []);
  });

  it('does not show a client to a supervisor whom the reporter shut out, and comes to the others page by page', async () => {
    const clientId = await known();
    const shutting = { caseId: randomUUID(), concernId: randomUUID(), clientId, officerId: stage.idOf(officer) };
    await stage.tell(caseOpened(shutting, marksOf(stage, shutting.concernId, { people: [stage.idOf(supervisor)] })));
    const requests = [await overriding(clientId), await erasing(clientId)];
    await waiting(clientId, requests, another);
    await waiting(clientId, []);
    const paged: unknown[] = [];
    for (let after: string | undefined, pages = 0; pages < 50; pages += 1) {
      const query = `/v1/approvals?limit=1${after ? `&after=${after}` : ''}`;
      const { body } = await stage.get(query, { as: another });
      paged.push(...body.items.map((line: { requestId: string }) => line.requestId));
      after = body.next;
      if (after === undefined) break;
    }
    expect(paged).toEqual((await list(another)).map(({ requestId }) => requestId));
    expect(paged).toEqual(expect.arrayContaining(requests));
  });

  it('is for supervisors, and a wrong page is refused by name', async () => {
    for (const as of [officer, 'olivier.ombudsman'])
      expect(await stage.get('/v1/approvals', { as })).toMatchObject({ status: 403 });
    expect(await stage.get('/v1/approvals?after=x', { as: supervisor })).toMatchObject({
      ...{ status: 422, body: { errors: [{ field: 'after' }] } },
    });
  });
});
