import { randomUUID, type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '@waymark/testing';
import { DataSource } from 'typeorm';
import { dataKeysMigration, type KeyDatabase } from './data-keys.js';
import { SubjectErasedError } from './key-errors.js';
import { createKeyFile } from './create-key-file.js';
import { openKeyFile } from './key-file.js';
import type { KeyProvider } from './key-provider.js';
import { createKeyRing, type FoundKey } from './key-ring.js';

let folder: string;
let testDatabase: TestDatabase;
let pool: pg.Pool;
let provider: KeyProvider;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waymark-ring-'));
  await createKeyFile({ path: join(folder, 'keys') });
  provider = await openKeyFile({ path: join(folder, 'keys') });
  testDatabase = await createTestDatabase('privacy');
  pool = new pg.Pool({ connectionString: testDatabase.url, max: 4 });
  // The server ends what is still closing when the database is dropped.
  pool.on('error', () => undefined);
  await pool.query(dataKeysMigration);
});
afterAll(async () => {
  await pool.end();
  await testDatabase.drop();
  await rm(folder, { recursive: true });
});

const ring = (context = 'intake', cache = {}) => createKeyRing({ context, database: pool, provider, cache });
const bytes = (key: FoundKey): string => {
  if (typeof key === 'string') throw new Error(`the key is ${key}`);
  return key.export().toString('hex');
};

describe('a key ring', () => {
  it('makes a key at first use and finds the same ever after', async () => {
    const subject = randomUUID();
    expect(await ring().find(subject)).toBe('missing');
    const made = await ring().forSubject(subject);
    expect(made.symmetricKeySize).toBe(32);
    expect(bytes(await ring().find(subject))).toBe(bytes(made));
    expect(bytes(await ring().forSubject(subject.toUpperCase()))).toBe(bytes(made));
  });

  it('gives every person and every context another key', async () => {
    const subject = randomUUID();
    const keys = [
      await ring('intake').forSubject(subject),
      await ring('intake').forSubject(randomUUID()),
      await ring('case').forSubject(subject),
    ];
    expect(new Set(keys.map(bytes)).size).toBe(3);
  });

  it('makes one key only when several processes need it for the first time at once', async () => {
    const rings = Array.from({ length: 8 }, () => ring());
    for (let round = 0; round < 20; round += 1) {
      const subject = randomUUID();
      const keys: KeyObject[] = await Promise.all(
        rings.flatMap((one) => [one.forSubject(subject), one.forSubject(subject)]),
      );
      expect(new Set(keys.map(bytes)).size).toBe(1);
    }
  });

  it('makes a key although a look-up from before is still on its way to say there is none', async () => {
    const subject = randomUUID();
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const slowRead: KeyDatabase = {
      query: async (sql, parameters) => {
        const result = await pool.query(sql, parameters);
        if (sql.startsWith('SELECT')) await released;
        return result;
      },
    };
    const one = createKeyRing({ context: 'intake', database: slowRead, provider });
    const early = one.find(subject);
    const making = one.forSubject(subject);
    release();
    expect(await early).toBe('missing');
    const made = bytes(await making);
    expect(bytes(await ring().find(subject))).toBe(made);
    expect(bytes(await one.find(subject))).toBe(made);
  });

  it('finds nothing any more once the key is destroyed, and makes no other', async () => {
    const subject = randomUUID();
    const one = ring();
    await one.forSubject(subject);
    await one.destroy(subject);
    expect(await one.find(subject)).toBe('destroyed');
    await expect(one.forSubject(subject)).rejects.toThrow(SubjectErasedError);
    await expect(ring().forSubject(subject)).rejects.toThrow(SubjectErasedError);
  });

  it('overwrites the wrapped key, and keeps the first time of destruction', async () => {
    const subject = randomUUID();
    await ring().forSubject(subject);
    const row = async () => (await pool.query('SELECT * FROM data_keys WHERE subject_id = $1', [subject])).rows[0];
    expect((await row()).wrapped).not.toHaveLength(0);
    await ring().destroy(subject);
    const destroyed = await row();
    expect(destroyed).toMatchObject({ wrapped: Buffer.alloc(0), wrapping_key_id: '' });
    await ring().destroy(subject);
    expect((await row()).destroyed_at).toEqual(destroyed.destroyed_at);
  });

  it('never makes a key for somebody who was erased before there was one', async () => {
    const subject = randomUUID();
    await ring().destroy(subject);
    await expect(ring().forSubject(subject)).rejects.toThrow(SubjectErasedError);
  });

  it('ends up without a key when it is destroyed while others make it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const subject = randomUUID();
      const [maker, eraser] = [ring(), ring()];
      await Promise.allSettled([maker.forSubject(subject), eraser.destroy(subject), eraser.find(subject)]);
      expect(await eraser.find(subject)).toBe('destroyed');
      expect(await ring().find(subject)).toBe('destroyed');
    }
  });

  it('stops using a key that another process destroyed when its cache runs out', async () => {
    const subject = randomUUID();
    let now = 0;
    const reader = ring('intake', { now: () => now });
    await reader.forSubject(subject);
    await ring().destroy(subject);
    now += 30_000;
    expect(await reader.find(subject)).toBe('destroyed');
  });

  it('opens nothing with a wrapped key that was put into another person’s row', async () => {
    const [owner, other] = [randomUUID(), randomUUID()];
    const key = await ring().forSubject(owner);
    await pool.query(
      `INSERT INTO data_keys (subject_id, wrapped, wrapping_key_id)
       SELECT $2, wrapped, wrapping_key_id FROM data_keys WHERE subject_id = $1`,
      [owner, other],
    );
    expect(bytes(await ring().find(other))).not.toBe(bytes(key));
  });

  it('works on a TypeORM data source as on a pool', async () => {
    const source = await new DataSource({ type: 'postgres', url: testDatabase.url }).initialize();
    try {
      const subject = randomUUID();
      const one = createKeyRing({ context: 'intake', database: source, provider });
      const made = await one.forSubject(subject);
      expect(bytes(await ring().find(subject))).toBe(bytes(made));
      await one.destroy(subject);
      expect(await one.find(subject)).toBe('destroyed');
    } finally {
      await source.destroy();
    }
  });

  it('knows people by UUIDs only', async () => {
    await expect(ring().forSubject('Samira')).rejects.toThrow(TypeError);
    await expect(ring().find("' OR true --")).rejects.toThrow(TypeError);
    await expect(ring().destroy('')).rejects.toThrow(TypeError);
  });
});
