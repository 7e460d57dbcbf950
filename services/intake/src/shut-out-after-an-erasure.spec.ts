import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Aggregates, clockCall, ShutOutMarks } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { concernAggregate } from './concern/concern.aggregate.js';
import type { Exclusions } from './concern/domain/account.js';
import { account, contact } from './concern/domain/concern.fixture.js';
import { consentTo, openQueue } from './erasing.fixture.js';
import { deskOf, eventsOf, routesOfConcern, typesOf, withoutInstance } from './intake.fixture.js';
import { intake } from './intake.service.js';

jest.setTimeout(120_000);

const [officer, excluded] = ['amina.officer', 'kwame.officer'];
const [supervisor, excludedSupervisor] = ['ingrid.supervisor', 'tomas.supervisor'];
const [alternate, alternateSupervisor] = ['beatriz.officer', 'samuel.supervisor'];

describe('whom a reporter shut out, once what they told is erased', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  let consent: ReturnType<typeof consentTo>;
  beforeAll(async () => {
    const environment = { ALTERNATE_DESK: 'ethics_office' };
    stage = await startStage({ services: [intake], logLevel: 'error', environment });
    desk = deskOf(stage);
    consent = consentTo(stage);
  });
  afterAll(() => stage?.close());

  const nobody = { people: [], roles: [], units: [] };
  const shuttingOut = (changed: object) => ({ exclusions: { ...nobody, ...changed } });
  const both = () => shuttingOut({ people: [stage.idOf(excluded), stage.idOf(excludedSupervisor)] });
  const eraseClientOf = async (concernId: string) => consent.erase((await consent.personsOf(concernId)).clientId);
  const read = (concernId: string, as: string) => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });
  const seenBy = async (concernId: string, as: string): Promise<boolean> => {
    for (let next = ''; ;) {
      const path = `/v1/concerns?waitingFor=any&limit=3${next}`;
      const { body } = await stage.ask('intake', 'GET', path, { as });
      if (body.items.some((line: { concernId: string }) => line.concernId === concernId)) return true;
      if (body.next === undefined) return false;
      next = `&after=${body.next}`;
    }
  };
  const findNothing = async (concernId: string, ...people: readonly string[]): Promise<void> => {
    const before = typesOf(await eventsOf(stage, concernId));
    for (const as of people) {
      expect({ as, sees: await seenBy(concernId, as) }).toEqual({ as, sees: false });
      for (const [method, path, body] of routesOfConcern(stage.clock.now())) {
        const ask = async (id: string) =>
          withoutInstance(await stage.ask('intake', method, `/v1/concerns/${id}${path}`, { as, body }));
        expect({ path, ...(await ask(concernId)) }).toEqual({ path, ...(await ask(randomUUID())) });
      }
    }
    expect(typesOf(await eventsOf(stage, concernId))).toEqual(before);
  };
  const stillSee = async (concernId: string, ...people: readonly string[]): Promise<void> => {
    for (const as of people) expect({ as, sees: await seenBy(concernId, as) }).toEqual({ as, sees: true });
  };

  it.each([
    ['a concern that was accepted', true],
    ['one that nobody has accepted', false],
  ])('finds no more of it than before, by name: %s', async (_what, accepted) => {
    const { concernId } = await desk.submit(both());
    if (accepted) await desk.accept(concernId);
    await findNothing(concernId, excluded, excludedSupervisor);
    await eraseClientOf(concernId);
    await findNothing(concernId, excluded, excludedSupervisor);
    await stillSee(concernId, officer, supervisor);
    expect(await read(concernId, supervisor)).toMatchObject({ status: 200, body: { erased: ['client', 'reporter'] } });
  });

  it('finds no more of it by their role or unit', async () => {
    const byRole = await desk.submit(shuttingOut({ roles: ['supervisor'] }));
    const byUnit = await desk.submit(shuttingOut({ units: ['support_desk'] }));
    for (const { concernId } of [byRole, byUnit]) await eraseClientOf(concernId);
    await findNothing(byRole.concernId, supervisor, excludedSupervisor);
    await stillSee(byRole.concernId, officer);
    await findNothing(byUnit.concernId, officer, supervisor);
    await stillSee(byUnit.concernId, alternate, alternateSupervisor);
    expect(await read(byUnit.concernId, alternateSupervisor)).toMatchObject({ status: 200 });
  });

  it('is not given it by a supervisor either', async () => {
    const { concernId } = await desk.submit(both());
    await eraseClientOf(concernId);
    const body = { officerId: stage.idOf(excluded) };
    expect(
      await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, { as: supervisor, body }),
    ).toMatchObject({ status: 409, body: { code: 'officer_excluded' } });
    await desk.step(concernId, 'allocation', officer);
  });

  it('finds no more of it when both are erased, whoever reported before or after the client', async () => {
    for (const order of ['reporter first', 'client first']) {
      const { concernId } = await desk.submit({ ...both(), reporterRelation: 'witness' });
      await desk.accept(concernId);
      const { clientId, reporterId } = await consent.personsOf(concernId);
      for (const person of order === 'reporter first' ? [reporterId, clientId] : [clientId, reporterId]) {
        if (person === reporterId)
          await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/reporter-erasure-requests`, {
            ...{ as: officer, body: { way: 'oral' } },
          });
        await consent.erase(person);
        await findNothing(concernId, excluded, excludedSupervisor);
      }
      await stillSee(concernId, officer, supervisor);
    }
  });

  it('finds no more of one from before there were marks, once it was accepted with some', async () => {
    const concernId = await fromBeforeMarks();
    await desk.accept(concernId);
    await eraseClientOf(concernId);
    await findNothing(concernId, excluded, excludedSupervisor);
    await stillSee(concernId, officer);
  });

  it('is not at the desk of which it tells, where it came before there was an alternate one', async () => {
    const aboutAllOfThem: Exclusions = { ...nobody, roles: ['officer'] };
    const concernId = await fromBeforeMarks(aboutAllOfThem, (id) =>
      stage.running('intake').app.get(ShutOutMarks).of(id, aboutAllOfThem),
    );
    await findNothing(concernId, officer, supervisor);
    await eraseClientOf(concernId);
    await findNothing(concernId, officer, supervisor);
    expect(await read(concernId, alternateSupervisor)).toMatchObject({ status: 200 });
  });

  it('has no case to find: none follows once the client is erased', async () => {
    const { concernId } = await desk.submit(both());
    await desk.step(concernId, 'allocation', officer);
    await desk.step(concernId, 'messages', officer, { text: 'We are here.' });
    const triage = { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true };
    await desk.step(concernId, 'triage', officer, triage);
    await desk.step(concernId, 'guidance', officer, { avenues: ['no_action_now'], decision: 'proceed' });
    await eraseClientOf(concernId);
    expect(
      await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/acceptance`, { as: officer, body: {} }),
    ).toMatchObject({ status: 409, body: { code: 'person_erased' } });
  });

  it('finds nothing in a queue that was folded afresh without the keys', async () => {
    const { concernId } = await desk.submit(both());
    await eraseClientOf(concernId);
    const queue = await openQueue(stage);
    await queue.rebuild();
    const [live, before] = await queue.digests();
    expect(live).toBeDefined();
    expect(live).toBe(before);
    await queue.close();
    await findNothing(concernId, excluded, excludedSupervisor);
    await stillSee(concernId, officer);
    const rows = await stage.query<{ row: string }>('intake', 'SELECT q::text AS row FROM concern_queue AS q');
    for (const name of [excluded, excludedSupervisor])
      expect(rows.filter(({ row }) => row.includes(stage.idOf(name)))).toEqual([]);
  });

  /** It has no mark of a desk either. */
  async function fromBeforeMarks(
    exclusions: Exclusions = both().exclusions,
    marks: (concernId: string) => readonly string[] = () => [],
  ): Promise<string> {
    const concernId = randomUUID();
    const told = { ...contact, account: { ...account, exclusions }, shutOut: marks(concernId) };
    const command = { type: 'SubmitConcern', concernId, contact: told, receiptHash: '5e'.repeat(32) } as const;
    await stage
      .running('intake')
      .app.get(Aggregates)
      .change(concernAggregate, concernId, command, clockCall('intake', concernId));
    return concernId;
  }
});
