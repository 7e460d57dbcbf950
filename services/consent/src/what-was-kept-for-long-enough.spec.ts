import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { intakeMessages, type PersonOfConcern } from '@waymark/contracts';
import type { ShutOut } from '@waymark/service-kit';
import { marksOf } from '@waymark/stage';
import { type ConsentStage, startConsentStage } from './consent.fixture.js';
import { linkIds, saidByIntake, tellFromIntake } from './erasing.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const [supervisor, another] = ['ingrid.supervisor', 'tomas.supervisor'];
const missing = { status: 404, body: { code: 'not_found' } };

describe('a concern that intake has kept for long enough', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  interface Kept {
    readonly concernId: string;
    readonly clientId: string;
    readonly reporterId: string;
    readonly of: PersonOfConcern[];
  }

  const byClient = (clientId: string = randomUUID()): Kept => ({
    ...{ concernId: randomUUID(), clientId, reporterId: clientId, of: ['client'] },
  });
  const byWitness = (): Kept => ({ ...byClient(), reporterId: randomUUID(), of: ['client', 'reporter'] });
  /** Intake tells it, more than once; waits until it was heard. */
  const tell = async (kept: Kept, excluded: Partial<ShutOut> = {}): Promise<Kept> => {
    const shutOut = marksOf(stage, kept.concernId, excluded);
    const told = { ...kept, ...(shutOut.length > 0 ? { shutOut: [...shutOut] } : {}) };
    await tellFromIntake(stage, saidByIntake(stage, intakeMessages.retentionEnded, told));
    return kept;
  };
  const typesOf = async (id: string) => (await stage.eventsOf(id)).map(({ type }) => type);
  const erasing = (id: string, as = supervisor) => stage.get(`/v1/clients/${id}/erasure`, { as });
  const approve = (id: string, as = supervisor) => stage.post(`/v1/clients/${id}/erasure-approval`, { as });
  const waiting = async (as: string): Promise<readonly string[]> => {
    const { body } = await stage.get('/v1/approvals?limit=100', { as });
    return body.items.map(({ clientId }: { clientId: string }) => clientId);
  };

  it('is asked for once, for each person of it, and waits for somebody to approve', async () => {
    const { clientId, reporterId } = await tell(byWitness());
    for (const id of [clientId, reporterId]) {
      expect(await typesOf(id)).toEqual(['ErasureRequested']);
      const { body } = await erasing(id);
      expect(body.erasure).toMatchObject({ status: 'requested', ground: 'retention', requestedBy: 'intake' });
      expect(body.erasure).not.toHaveProperty('way');
      expect(await waiting(supervisor)).toContain(id);
    }
    expect(await approve(clientId)).toMatchObject({ status: 200 });
    expect(await typesOf(reporterId)).toEqual(['ErasureRequested']);
  });

  it('is not asked for any more when something happens in it again; what somebody has asked for themself stays', async () => {
    const resume = (kept: Kept) =>
      tellFromIntake(stage, { ...saidByIntake(stage, intakeMessages.retentionResumed, kept), sequence: 2 });
    const kept = await tell(byWitness());
    await resume(kept);
    for (const id of [kept.clientId, kept.reporterId]) {
      expect(await typesOf(id)).toEqual(['ErasureRequested', 'ErasureRequestLapsed']);
      expect(await approve(id)).toMatchObject({ status: 404, body: { code: 'erasure_not_found' } });
      expect(await waiting(supervisor)).not.toContain(id);
    }
    const own = await tell(byClient());
    await approve(own.clientId);
    await resume(own);
    expect(await typesOf(own.clientId)).not.toContain('ErasureRequestLapsed');
  });

  it('asks for nobody twice, also after another silence, or when they have asked themselves', async () => {
    const kept = await tell(byClient());
    await tell({ ...kept, concernId: randomUUID() });
    expect(await typesOf(kept.clientId)).toEqual(['ErasureRequested']);
    await approve(kept.clientId);
    await tell({ ...kept, concernId: randomUUID() });
    expect((await typesOf(kept.clientId)).filter((type) => type === 'ErasureRequested')).toHaveLength(1);
  });

  it('says nothing of a client with a case, by any of their ids, whom the rule of their cases keeps', async () => {
    const withCase = randomUUID();
    await stage.team(withCase, [officer]);
    await tell(byClient(withCase));
    expect(await typesOf(withCase)).toEqual([]);
    const again = byClient();
    await linkIds(stage, again.clientId, withCase);
    expect(await typesOf(again.clientId)).toContain('ClientsLinked');
    await tell({ ...again, concernId: randomUUID() });
    expect(await typesOf(again.clientId)).not.toContain('ErasureRequested');
  });

  it('waits for a legal hold on the client, as every erasure does', async () => {
    const { clientId, reporterId } = await tell(byWitness());
    const hold = { as: another, body: { basis: 'investigation' } };
    expect(await stage.post(`/v1/clients/${clientId}/legal-holds`, hold)).toMatchObject({ status: 201 });
    for (const id of [clientId, reporterId])
      expect(await approve(id)).toMatchObject({ status: 409, body: { code: 'legal_hold_stands' } });
  });

  it('does not exist for whom its reporter shut out, although no case tells of them', async () => {
    const { clientId, reporterId } = await tell(byWitness(), { people: [stage.idOf(supervisor)] });
    for (const id of [clientId, reporterId]) {
      expect(await erasing(id)).toMatchObject(missing);
      expect(await approve(id)).toMatchObject(missing);
      expect(await waiting(supervisor)).not.toContain(id);
      expect(await waiting(another)).toContain(id);
    }
  });
});
