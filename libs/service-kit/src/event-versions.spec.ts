import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvalidEventError, type Subject, UnknownEventError } from '@waymark/event-sourcing';
import type { RecordedEvent } from '@waymark/event-store';
import { createEventSealer, createKeyRing, dataKeysMigration, type KeyRing, openKeyFile } from '@waymark/privacy';
import { FakeClock } from '@waymark/testing';
import { DataSource } from 'typeorm';
import { Aggregates } from './aggregates.js';
import { feedOpener } from './feed.js';
import { personId, tallyAggregate } from './tally.fixture.js';
import { prepareGround, type TallyGround } from './tally-ground.fixture.js';

let ground: TallyGround;
let dataSource: DataSource;
let keyRing: KeyRing;
let aggregates: Aggregates;
let open: ReturnType<ReturnType<typeof feedOpener>>;
let openNothing: typeof open;

beforeAll(async () => {
  ground = await prepareGround();
  dataSource = await new DataSource({ type: 'postgres', url: ground.databaseUrl }).initialize();
  await dataSource.query(dataKeysMigration);
  const provider = await openKeyFile({ path: String(ground.environment.KEY_FILE) });
  keyRing = createKeyRing({ context: 'tally', database: dataSource, provider });
  aggregates = new Aggregates(ground.store, keyRing, new FakeClock());
  const opens = feedOpener([tallyAggregate], aggregates);
  [open, openNothing] = [opens({ Added: ['note'] }), opens()];
});
afterAll(async () => {
  await dataSource?.destroy();
  await ground?.close();
});

/** Without what the ring of this spec has in mind. */
const ringOfAnother = async (): Promise<KeyRing> => {
  const provider = await openKeyFile({ path: String(ground.environment.KEY_FILE) });
  return createKeyRing({ context: 'tally', database: dataSource, provider });
};

/** What was sealed in the releases that wrote the earlier versions. */
const sealedThen: readonly Readonly<Record<string, Subject>>[] = [{}, { remark: 'client' }];

/** Appends an addition as the release wrote it whose version of the event that was. */
async function addedInVersion(version: number, id: string, data: object, person = personId): Promise<RecordedEvent> {
  const eventId = randomUUID();
  const then = { events: { Added: { version, sealed: sealedThen[version - 1] ?? { note: 'client' } } } };
  const sealer = createEventSealer({ declaration: then, keyRing });
  const event = { eventId, type: 'Added', version, data, subjects: { client: person } };
  const metadata = {
    actor: { kind: 'staff', id: 'amina' },
    correlationId: randomUUID(),
    causationId: randomUUID(),
    occurredAt: '2026-03-02T08:00:00.000Z',
  } as const;
  const sealed = await sealer.seal(event);
  const append = { id: eventId, type: 'Added', schemaVersion: version, data: sealed, metadata };
  await ground.store.append(`tally-${id}`, 'any', [append]);
  const last = (await recorded(id)).at(-1);
  if (!last) throw new Error('nothing was appended');
  return last;
}

async function recorded(id: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of ground.store.readStream(`tally-${id}`)) events.push(event);
  return events;
}

const add = (id: string, by: number, note = 'by hand') =>
  aggregates.change(
    tallyAggregate,
    id,
    { type: 'Add', by, note },
    {
      commandId: randomUUID(),
      correlationId: randomUUID(),
      actor: { kind: 'staff', id: 'amina', roles: ['officer'] },
    },
  );

describe('events of earlier versions', () => {
  it('count like those of today, with the remark of each under its name of today', async () => {
    const id = randomUUID();
    const first = await addedInVersion(1, id, { amount: 1, remark: 'in the clear' });
    const second = await addedInVersion(2, id, { by: 2, remark: 'sealed' });
    const { state } = await add(id, 4, 'renamed');
    expect(state.total).toBe(7);
    expect((await recorded(id)).map(({ schemaVersion }) => schemaVersion)).toEqual([1, 2, 3]);
    const history = await aggregates.history(tallyAggregate, id);
    expect(history.map(({ event }) => event.data)).toEqual([
      { by: 1, note: 'in the clear' },
      { by: 2, note: 'sealed' },
      { by: 4, note: 'renamed' },
    ]);
    // Projections and the relay get them the same way.
    expect(await open(first)).toMatchObject({ schemaVersion: 1, data: { by: 1, note: 'in the clear' }, erased: [] });
    expect(await open(second)).toMatchObject({ schemaVersion: 2, data: { by: 2, note: 'sealed' }, erased: [] });
    expect(JSON.stringify(second.data)).not.toContain('"sealed"');
  });

  it('are read without what was erased, which is named as it is named today', async () => {
    const id = randomUUID();
    const somebody = randomUUID();
    const second = await addedInVersion(2, id, { by: 2, remark: 'to be forgotten' }, somebody);
    const third = await addedInVersion(3, id, { by: 3, note: 'to be forgotten' }, somebody);
    await keyRing.destroy(somebody);
    expect(await open(second)).toMatchObject({ data: { by: 2 }, erased: ['note'] });
    expect(await open(third)).toMatchObject({ data: { by: 3 }, erased: ['note'] });
    expect((await aggregates.load(tallyAggregate, id)).state.total).toBe(5);
  });
});

describe('whoever follows the log and names no sealed field', () => {
  it('reads events of every version without a key, and fails where it reads such a field all the same', async () => {
    const [id, somebody] = [randomUUID(), randomUUID()];
    const all = [
      await addedInVersion(1, id, { amount: 1, remark: 'in the clear' }, somebody),
      await addedInVersion(2, id, { by: 2, remark: 'sealed' }, somebody),
      await addedInVersion(3, id, { by: 3, note: 'sealed' }, somebody),
    ];
    await dataSource.query('DELETE FROM data_keys WHERE subject_id = $1', [somebody]);
    const without = new Aggregates(ground.store, await ringOfAnother(), new FakeClock());
    const opens = feedOpener([tallyAggregate], without);
    for (const [index, event] of all.entries()) {
      const { data, erased } = await opens()(event);
      expect([{ ...data }, erased]).toEqual([{ by: index + 1 }, []]);
      expect(() => (data as { note?: string }).note).toThrow('Added.note is sealed and was not opened');
    }
    await expect(opens({ Added: ['note'] })(all[2] as RecordedEvent)).rejects.toThrow('key_missing');
    expect(() => opens({ Added: ['by'] })).toThrow('Added.by is no sealed field');
    expect(() => opens({ Removed: ['note'] })).toThrow(TypeError);
  });

  it('has what nobody opens read once', async () => {
    const event = await addedInVersion(3, randomUUID(), { by: 3 });
    expect(await openNothing(event)).toBe(await openNothing(event));
  });
});

describe('an event that is not as it was declared', () => {
  it('is not appended, and its values are in no message', async () => {
    const id = randomUUID();
    const refused = add(id, 1.5, 'jasmine');
    await expect(refused).rejects.toThrow(InvalidEventError);
    await expect(refused).rejects.toThrow(/Added does not fit the schema of version 3: [/]by/);
    await expect(refused).rejects.not.toThrow(/jasmine|1[.]5/);
    expect(await recorded(id)).toEqual([]);
  });
});

describe('an event of a later release', () => {
  it('is neither read nor passed over, and nothing is appended after it', async () => {
    const id = randomUUID();
    await add(id, 1);
    const later = await addedInVersion(4, id, { by: 2, currency: 'CHF' });
    await expect(aggregates.load(tallyAggregate, id)).rejects.toThrow(UnknownEventError);
    await expect(add(id, 1)).rejects.toMatchObject({ type: 'Added', version: 4, known: 3 });
    await expect(open(later)).rejects.toThrow('version 4 of Added is not known here, known versions: 1 to 3');
    await expect(open({ ...later, type: 'Cleared', schemaVersion: 1 })).rejects.toThrow(UnknownEventError);
    expect(await recorded(id)).toHaveLength(2);
  });

  it('passes unopened in a category that the service reads but does not own', async () => {
    const later = await addedInVersion(4, randomUUID(), { by: 2 });
    const foreign = { ...later, category: 'other', stream: 'other-1' };
    expect(await open(foreign)).toMatchObject({ ...foreign, erased: [] });
  });
});
