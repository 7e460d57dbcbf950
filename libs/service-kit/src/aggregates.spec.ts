import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { RecordedEvent } from '@waymark/event-store';
import { createKeyRing, dataKeysMigration, openKeyFile } from '@waymark/privacy';
import { FakeClock } from '@waymark/testing';
import type { Call } from './aggregate.js';
import { Aggregates } from './aggregates.js';
import { tallyAggregate } from './tally.fixture.js';
import { prepareGround, type TallyGround } from './tally-ground.fixture.js';

const call = (changed: Partial<Call> = {}): Call => ({
  commandId: randomUUID(),
  correlationId: randomUUID(),
  actor: { kind: 'staff', id: 'amina', roles: ['officer'], unit: 'support_desk' },
  ...changed,
});

describe.each(['postgres', 'kurrentdb'] as const)('changing an aggregate on %s', (kind) => {
  let ground: TallyGround;
  let dataSource: DataSource;
  let clock: FakeClock;
  let instances: readonly [Aggregates, Aggregates];

  beforeAll(async () => {
    ground = await prepareGround(kind);
    dataSource = await new DataSource({ type: 'postgres', url: ground.databaseUrl, poolSize: 6 }).initialize();
    await dataSource.query(dataKeysMigration);
    clock = new FakeClock();
    const open = async () => {
      const provider = await openKeyFile({ path: String(ground.environment.KEY_FILE) });
      return new Aggregates(ground.store, createKeyRing({ context: 'tally', database: dataSource, provider }), clock);
    };
    instances = [await open(), await open()];
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await ground?.close();
  });

  const add = (id: string, by: number, options: Partial<Call> & { note?: string; instance?: 0 | 1 } = {}) => {
    const { note, instance = 0, ...changed } = options;
    const command = { type: 'Add', by, ...(note === undefined ? {} : { note }) } as const;
    return instances[instance].change(tallyAggregate, id, command, call(changed));
  };
  const recorded = async (id: string): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of ground.store.readStream(`tally-${id}`)) events.push(event);
    return events;
  };
  const total = async (id: string) => (await instances[0].load(tallyAggregate, id)).state.total;

  it('appends what was decided, sealed, with who did it and why, and opens it on the way out', async () => {
    const id = randomUUID();
    const written = await add(id, 3, { note: 'jasmine', purpose: 'case_work', onBehalfOf: 'client-1' });
    expect(written).toMatchObject({ id, state: { total: 3 }, revision: 0, events: [{ type: 'Added' }] });
    const [event] = await recorded(id);
    expect(JSON.stringify(event?.data)).not.toContain('jasmine');
    expect(event?.metadata).toMatchObject({
      actor: { kind: 'staff', id: 'amina' },
      unit: 'support_desk',
      purpose: 'case_work',
      onBehalfOf: 'client-1',
      occurredAt: clock.now(),
    });
    const [entry] = await instances[1].history(tallyAggregate, id);
    expect(entry?.event).toEqual({ type: 'Added', data: { by: 3, note: 'jasmine' } });
  });

  it('loads nothing of what does not exist, and says so when it must', async () => {
    expect(await instances[0].load(tallyAggregate, randomUUID())).toEqual({ state: { total: 0 }, revision: -1 });
    await expect(instances[0].loadExisting(tallyAggregate, randomUUID())).rejects.toMatchObject({ status: 404 });
  });

  it('loses nothing when many do it at once, in one instance and in two', async () => {
    const id = randomUUID();
    const changes = Array.from({ length: 8 }, (_each, index) => add(id, 1, { instance: index % 2 === 0 ? 0 : 1 }));
    await Promise.all(changes);
    expect(await total(id)).toBe(8);
    expect((await recorded(id)).map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('has one effect for one command, however often and wherever it comes', async () => {
    const id = randomUUID();
    const commandId = randomUUID();
    const first = await add(id, 5, { commandId });
    await add(id, 1);
    const again = await Promise.all([add(id, 5, { commandId }), add(id, 5, { commandId, instance: 1 })]);
    for (const answer of again) expect(answer).toMatchObject({ events: first.events, position: first.position });
    expect(await total(id)).toBe(6);
  });

  it('has one effect for one command that comes to two instances at once', async () => {
    for (let time = 0; time < 10; time += 1) {
      const id = randomUUID();
      const commandId = randomUUID();
      const answers = await Promise.all([add(id, 5, { commandId }), add(id, 5, { commandId, instance: 1 })]);
      expect(answers.map(({ events }) => events)).toEqual([answers[0].events, answers[0].events]);
      expect(await recorded(id)).toHaveLength(1);
    }
  });

  it('records a refusal that audit must see, and refuses', async () => {
    const id = randomUUID();
    await add(id, 999);
    await expect(add(id, 2)).rejects.toMatchObject({ code: 'limit_reached' });
    expect((await recorded(id)).map(({ type }) => type)).toEqual(['Added', 'AdditionRefused']);
    expect(await total(id)).toBe(999);
  });

  it('refuses the same command again, recorded once, also when it could be done by now or comes twice at once', async () => {
    const id = randomUUID();
    const commandId = randomUUID();
    await add(id, 999);
    const attempts = [add(id, 2, { commandId }), add(id, 2, { commandId, instance: 1 })];
    for (const outcome of await Promise.allSettled(attempts))
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'limit_reached' } });
    await add(id, 1);
    await expect(add(id, 2, { commandId })).rejects.toMatchObject({ code: 'limit_reached' });
    expect((await recorded(id)).map(({ type }) => type)).toEqual(['Added', 'AdditionRefused', 'Added']);
  });

  it('keeps the answer of a command that would be refused by now', async () => {
    const id = randomUUID();
    const commandId = randomUUID();
    const { appendedAt, ...first } = await add(id, 999, { commandId });
    expect(appendedAt).toBeDefined();
    // When it was appended is told to whoever did, once.
    expect(await add(id, 999, { commandId })).toEqual({ ...first, state: { total: 999 } });
  });

  it('insists on a revision when the caller does', async () => {
    const id = randomUUID();
    await add(id, 1, { ifMatch: -1 });
    await expect(add(id, 1, { ifMatch: 5 })).rejects.toMatchObject({ status: 412, code: 'revision_mismatch' });
    const outcomes = await Promise.allSettled([add(id, 1, { ifMatch: 0 }), add(id, 1, { ifMatch: 0, instance: 1 })]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await total(id)).toBe(2);
  });
});
