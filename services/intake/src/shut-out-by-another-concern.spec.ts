import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consentMessages, type LinkOutcome, topicOf } from '@waymark/contracts';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { deskOf, eventsOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

const officer = 'amina.officer';
const accused = 'kwame.officer';
const [supervisor, other] = ['ingrid.supervisor', 'tomas.supervisor'];

describe('whom the reporter of one concern of a client shuts out', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  const raise = async (people: readonly string[] = [], roles: readonly string[] = []): Promise<string> => {
    const exclusions = { people: people.map(stage.idOf), roles, units: [] };
    return (await desk.submit(people.length + roles.length > 0 ? { exclusions } : {})).concernId;
  };
  const take = (concernId: string) => desk.step(concernId, 'allocation', officer);
  /** Consent says what became of the link. */
  const link = async (concernId: string, earlierConcernId: string, outcome: LinkOutcome = 'linked'): Promise<void> => {
    await desk.step(concernId, 'client-link', officer, { earlierConcernId });
    const linked = (await eventsOf(stage, concernId)).find(({ type }) => type === 'ConcernLinkedToClient');
    const { linkId, clientId, earlierClientId } = linked?.data as Record<string, string>;
    await stage.busOf('consent').publish(topicOf('consent'), [
      {
        ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/consent', subject: String(clientId), sequence: 1 },
        ...{ type: consentMessages.linkAnswered.type, datacontenttype: 'application/json' },
        ...{ time: stage.clock.now(), correlationid: randomUUID(), causationid: randomUUID() },
        data: { linkId, clientId, earlierClientId, concernId, outcome },
      },
    ]);
    await eventually(async () => expect((await read(concernId, officer)).body.link).toMatchObject({ outcome }));
    await listOf(officer);
  };
  const read = (concernId: string, as: string) => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });
  const allocate = (concernId: string, as: string, officerId: string) =>
    stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, { as, body: { officerId } });
  const listOf = async (as: string): Promise<readonly string[]> => {
    const found: string[] = [];
    let after: string | undefined;
    do {
      const query = `waitingFor=any&limit=100${after === undefined ? '' : `&after=${after}`}`;
      const { status, body } = await stage.ask('intake', 'GET', `/v1/concerns?${query}`, { as });
      expect(status).toBe(200);
      found.push(...body.items.map((line: { concernId: string }) => line.concernId));
      after = body.next;
    } while (after !== undefined);
    return found;
  };
  const missing = { status: 404, body: { code: 'not_found' } };

  it('finds the earlier one no more once the two are linked, neither in the queue nor by its id, and cannot take it', async () => {
    const [before, again] = [await raise(), await raise([accused, supervisor])];
    for (const concernId of [before, again]) await take(concernId);
    expect(await listOf(accused)).toContain(before);
    expect(await read(before, supervisor)).toMatchObject({ status: 200 });
    await link(again, before);
    for (const as of [accused, supervisor]) {
      expect(await listOf(as)).not.toContain(before);
      expect(await read(before, as)).toMatchObject(missing);
      expect(await allocate(before, as, stage.idOf(as))).toMatchObject(missing);
    }
    for (const as of [officer, other]) {
      expect(await listOf(as)).toContain(before);
      expect(await read(before, as)).toMatchObject({ status: 200 });
    }
  });

  it('finds the later one no more either, from the moment in which somebody links it to theirs', async () => {
    const [before, again] = [await raise([accused, supervisor]), await raise()];
    for (const concernId of [before, again]) await take(concernId);
    expect(await read(again, supervisor)).toMatchObject({ status: 200 });
    await desk.step(again, 'client-link', officer, { earlierConcernId: before });
    await listOf(officer);
    for (const as of [accused, supervisor]) expect(await listOf(as)).not.toContain(again);
    expect(await read(again, supervisor)).toMatchObject(missing);
    expect((await read(again, officer)).body.link).toMatchObject({ earlierConcernId: before });
  });

  it('is not given the earlier one by a supervisor', async () => {
    const [before, again] = [await raise(), await raise([accused])];
    for (const concernId of [before, again]) await take(concernId);
    await link(again, before);
    const officerExcluded = { status: 409, body: { code: 'officer_excluded' } };
    expect(await allocate(before, other, stage.idOf(accused))).toMatchObject(officerExcluded);
  });

  it('is out of it by their role as well', async () => {
    const [before, again] = [await raise(), await raise([], ['supervisor'])];
    for (const concernId of [before, again]) await take(concernId);
    await link(again, before);
    expect(await listOf(other)).not.toContain(before);
    expect(await read(before, other)).toMatchObject(missing);
    expect(await read(before, officer)).toMatchObject({ status: 200 });
  });

  it('is out of every concern that a chain of links leads to', async () => {
    const [first, second, third] = [await raise(), await raise(), await raise([accused])];
    for (const concernId of [first, second, third]) await take(concernId);
    await link(second, first);
    await link(third, second);
    expect(await listOf(accused)).not.toContain(first);
    expect(await listOf(accused)).not.toContain(second);
  });

  it('keeps the earlier one when the link was refused, and those of other clients', async () => {
    const [before, again, apart] = [await raise(), await raise([accused, supervisor]), await raise()];
    for (const concernId of [before, again, apart]) await take(concernId);
    await link(again, before, 'refused');
    expect((await read(again, officer)).body.link).toEqual({ outcome: 'refused' });
    expect(await listOf(accused)).toEqual(expect.arrayContaining([before, apart]));
    expect(await read(before, supervisor)).toMatchObject({ status: 200 });
  });
});
