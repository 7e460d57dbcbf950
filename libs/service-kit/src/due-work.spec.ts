import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { EventStoreError, grantCategories, migrateEventStore, openPostgresEventStore } from '@waymark/event-store';
import { KeyProviderError } from '@waymark/privacy';
import { createTestDatabase, createTestRole, FakeClock, type TestDatabase } from '@waymark/testing';
import { countStuck, type DueWork, dueWorkColumns, runDueWork } from './due-work.js';
import { failedWorkMigration, noting } from './failed-work.js';
import { createLog } from './log.js';

interface Bell {
  readonly house: string;
  readonly bell: number;
}

describe('due work', () => {
  const start = '2026-03-02T08:00:00.000Z';
  const clock = new FakeClock(start);
  let database: TestDatabase;
  let instances: readonly DataSource[];
  let lines: string[] = [];
  let failures = 0;
  let rung: string[] = [];
  beforeAll(async () => {
    database = await createTestDatabase('due');
    const connect = (applicationName: string) =>
      new DataSource({ type: 'postgres', url: database.url, applicationName, poolErrorHandler: () => undefined });
    instances = await Promise.all(['due-1', 'due-2'].map((name) => connect(name).initialize()));
    await query('CREATE TABLE bells (house text, bell int, due_at timestamptz NOT NULL, PRIMARY KEY (house, bell))');
    await query(dueWorkColumns('bells'));
    await query(failedWorkMigration);
  });
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.destroy()));
    await database.drop();
  });
  beforeEach(async () => {
    await query('TRUNCATE bells, failed_work');
    clock.set(start);
    [lines, failures, rung] = [[], 0, []];
  });

  const query = (sql: string, values?: unknown[]) => instances[1]!.query<object[]>(sql, values);
  const hang = (house: string, bell: number, seconds: number) =>
    query(`INSERT INTO bells VALUES ($1, $2, $3::timestamptz + $4 * interval '1 second')`, [
      house,
      bell,
      start,
      seconds,
    ]);
  const ring = async ({ house, bell }: Bell): Promise<void> => void rung.push(`${house}${bell}`);
  const bells = (perform: (bell: Bell) => Promise<void>): DueWork<Bell> => ({
    ...{ name: 'bells', table: 'bells', key: ['house', 'bell'], inOrderOf: 'house' },
    perform,
  });
  const run = (perform: (bell: Bell) => Promise<void>, instance = 0, signal = new AbortController().signal) =>
    runDueWork(bells(perform), {
      dataSource: instances[instance]!,
      clock,
      log: createLog('due', 'error', { write: (line) => void lines.push(line) }),
      onFailure: () => void (failures += 1),
      signal,
    });
  /** The log answers about this stream as the server does when it meets a page that fails its checksum. */
  const damage = async (stream: string): Promise<void> => {
    const signature = 'read_stream(text, bigint, boolean, integer)';
    const [read] = await instances[1]!.query<{ result: string }[]>(
      `SELECT pg_get_function_result('waymark.${signature}'::regprocedure) AS result`,
    );
    await query(`ALTER FUNCTION waymark.${signature} RENAME TO read_undamaged`);
    await query(`CREATE FUNCTION waymark.${signature} RETURNS ${read?.result} LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        IF $1 = '${stream}' THEN
          RAISE 'invalid page in block 7 of relation "base/5/16429"' USING ERRCODE = 'data_corrupted';
        END IF;
        RETURN QUERY SELECT * FROM waymark.read_undamaged($1, $2, $3, $4);
      END $$`);
  };
  const left = () => query('SELECT house, bell, failures FROM bells ORDER BY due_at, house, bell');
  const cracked = async (bell: Bell): Promise<void> => {
    if (bell.house === 'b') throw new Error('cracked "in the night"');
    await ring(bell);
  };

  it('is performed in order of time once it is due, and each row once', async () => {
    for (const [house, bell, seconds] of [
      ['b', 1, 5],
      ['a', 1, 9],
      ['a', 2, 10],
      ['c', 1, 11],
    ] as const)
      await hang(house, bell, seconds);
    await run(ring);
    expect(rung).toEqual([]);
    clock.advance({ seconds: 10 });
    await run(ring);
    await run(ring);
    expect(rung).toEqual(['b1', 'a1', 'a2']);
    expect(await left()).toEqual([{ house: 'c', bell: 1, failures: 0 }]);
  });

  it('that fails holds up only what stands behind it in its own order, and is named in log and count', async () => {
    for (const [index, house] of ['a', 'b', 'c'].entries())
      for (const bell of [1, 2]) await hang(house, bell, 10 * bell + index);
    clock.advance({ minutes: 1 });
    await run(cracked);
    expect(rung).toEqual(['a1', 'c1', 'a2', 'c2']);
    expect(await left()).toEqual([
      { house: 'b', bell: 1, failures: 1 },
      { house: 'b', bell: 2, failures: 0 },
    ]);
    expect(failures).toBe(1);
    expect(await countStuck(bells(ring), instances[0]!, clock.now())).toBe(1);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ work: 'bells', house: 'b', bell: 1, failures: 1 }]);
    expect(lines.join('')).not.toContain('in the night');
  });

  it('that fails is noted with class and code of the error, time and tries, never with its text, until it goes on', async () => {
    await hang('b', 1, 0);
    const noted = () => query('SELECT kind, what, error, tries, failed_at FROM failed_work');
    for (const seconds of [0, 1]) {
      clock.advance({ seconds });
      await run(() =>
        Promise.reject(new Error('in the night', { cause: Object.assign(new TypeError('hers'), { code: 'E7' }) })),
      );
    }
    expect(await noted()).toEqual([
      {
        ...{ kind: 'bells', what: 'b 1', error: 'Error, because of TypeError E7' },
        ...{ tries: 2, failed_at: new Date(clock.now()) },
      },
    ]);
    clock.advance({ seconds: 5 });
    await run(ring);
    expect(await noted()).toEqual([]);
  });

  it('of a clock that fails is noted, and that it goes on, also by its next life', async () => {
    const parts = { dataSource: instances[0]!, clock };
    let fails = true;
    const work = async () => {
      if (fails) throw new EventStoreError('unavailable', 'in the night');
    };
    await expect(noting('rounds', parts, work)('')).rejects.toThrow('in the night');
    const noted = () => query('SELECT kind, what, error FROM failed_work');
    expect(await noted()).toEqual([{ kind: 'clock', what: 'rounds', error: 'EventStoreError unavailable' }]);
    fails = false;
    await noting('rounds', parts, work)('');
    expect(await noted()).toEqual([]);
  });

  it('that failed is tried again after one, two, four seconds and so on, never later than after five minutes', async () => {
    await hang('b', 1, 0);
    const pauses: number[] = [];
    let waited = 0;
    while (pauses.length < 11) {
      const before = failures;
      await run(cracked);
      if (failures > before) [pauses[pauses.length], waited] = [waited, 0];
      waited += 1;
      clock.advance({ seconds: 1 });
    }
    expect(pauses).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300]);
    clock.advance({ minutes: 5 });
    await run(ring);
    expect(rung).toEqual(['b1']);
    expect(await left()).toEqual([]);
  });

  it('is shared by two instances: each row once, those of one order one after the other', async () => {
    const houses = Array.from({ length: 20 }, (_each, index) => `house-${index}-`);
    for (const house of houses) for (const bell of [1, 2, 3]) await hang(house, bell, bell);
    clock.advance({ minutes: 1 });
    const both = [0, 1].map(async (instance) => {
      // One that finds nothing free looks again, as the clock does each second.
      while ((await left()).length > 0) await run(ring, instance);
    });
    await Promise.all(both);
    expect(rung).toHaveLength(60);
    for (const house of houses)
      expect(rung.filter((each) => each.startsWith(house))).toEqual([1, 2, 3].map((bell) => `${house}${bell}`));
  });

  it('is performed again when the process died between the work and its deletion', async () => {
    await hang('a', 1, 0);
    await hang('c', 1, 1);
    clock.advance({ seconds: 1 });
    const dying = run(async (bell) => {
      await ring(bell);
      await query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'due-1'`);
    });
    await expect(dying).rejects.toThrow();
    expect(await left()).toHaveLength(2);
    await run(ring, 1);
    expect(rung).toEqual(['a1', 'a1', 'c1']);
    expect(await left()).toEqual([]);
  });

  it.each([
    new EventStoreError('unavailable', 'the log cannot be reached'),
    new KeyProviderError('unavailable', 'the key service cannot be reached'),
  ])('counts no failure and makes no pause when it is not its fault: $message', async (unavailable) => {
    await hang('a', 1, 0);
    await hang('c', 1, 0);
    await expect(run(() => Promise.reject(unavailable))).rejects.toBe(unavailable);
    expect(await left()).toMatchObject([
      { house: 'a', failures: 0 },
      { house: 'c', failures: 0 },
    ]);
    await run(ring);
    expect(rung).toEqual(['a1', 'c1']);
  });

  it('about a stream that the log cannot read does not keep the clock of another concern from ringing', async () => {
    await migrateEventStore({ adminUrl: database.url });
    await damage('house-a');
    const role = await createTestRole(database);
    await grantCategories({ adminUrl: database.url, role: role.name, append: ['house'], read: ['house'] });
    const store = openPostgresEventStore({ url: role.url });
    try {
      await hang('a', 1, 0);
      await hang('c', 1, 1);
      clock.advance({ seconds: 1 });
      await run(async (bell) => {
        for await (const event of store.readStream(`house-${bell.house}`)) void event;
        await ring(bell);
      });
      expect(rung).toEqual(['c1']);
      expect(await left()).toEqual([{ house: 'a', bell: 1, failures: 1 }]);
    } finally {
      await store.close();
      await role.drop();
    }
  });

  it('counts as stuck when it is overdue by more than a minute although it never failed: somebody holds it', async () => {
    await hang('a', 1, 0);
    clock.advance({ minutes: 1 });
    const holder = instances[1]!.createQueryRunner();
    await holder.startTransaction();
    await holder.query('SELECT * FROM bells FOR UPDATE');
    await run(ring);
    expect(await countStuck(bells(ring), instances[0]!, clock.now())).toBe(0);
    clock.advance({ seconds: 1 });
    await run(ring);
    expect(await countStuck(bells(ring), instances[0]!, clock.now())).toBe(1);
    await holder.rollbackTransaction();
    await holder.release();
    await run(ring);
    expect(await countStuck(bells(ring), instances[0]!, clock.now())).toBe(0);
  });

  it('stops after the row that is under way when it is told to', async () => {
    for (const house of ['a', 'c', 'd']) await hang(house, 1, 0);
    const stopping = new AbortController();
    const stopAtOnce = async (bell: Bell): Promise<void> => {
      stopping.abort();
      await ring(bell);
    };
    await run(stopAtOnce, 0, stopping.signal);
    expect(rung).toEqual(['a1']);
    expect(await left()).toHaveLength(2);
  });
});
