import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase, VaultPeer } from '@waymark/testing';
import pg from 'pg';
import { createKeyFile } from './create-key-file.js';
import { dataKeysMigration } from './data-keys.js';
import { countKeys, rewrapKeys, verifyKeys } from './key-care.js';
import { SubjectErasedError } from './key-errors.js';
import { openKeyFile } from './key-file.js';
import type { KeyProvider } from './key-provider.js';
import { createKeyRing, type FoundKey } from './key-ring.js';
import { createVaultKey, openVaultKeys } from './vault/vault-keys.js';

const keys = 250;

describe('the keys of a service, looked after', () => {
  let folder: string;
  let testDatabase: TestDatabase;
  let database: pg.Pool;
  let provider: KeyProvider;
  let path: string;
  let subjects: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waymark-care-'));
    testDatabase = await createTestDatabase('key_care');
    database = new pg.Pool({ connectionString: testDatabase.url, max: 4 });
    database.on('error', () => undefined);
    await database.query(dataKeysMigration);
  });
  afterAll(async () => {
    await database.end();
    await testDatabase.drop();
    await rm(folder, { recursive: true });
  });

  const ring = (by = provider) => createKeyRing({ context: 'intake', database, provider: by });
  const bytes = (key: FoundKey) => (typeof key === 'string' ? key : key.export().toString('hex'));
  const found = async (by = provider) => {
    const fresh = ring(by);
    return Promise.all(subjects.map(async (subject) => bytes(await fresh.find(subject))));
  };
  const care = () => ({ database, provider });

  beforeEach(async () => {
    await database.query('TRUNCATE data_keys');
    path = join(folder, randomUUID());
    await createKeyFile({ path });
    provider = await openKeyFile({ path });
    subjects = Array.from({ length: keys }, () => randomUUID()).sort();
    const one = ring();
    await Promise.all(subjects.map((subject) => one.forSubject(subject)));
  });

  it('are all wrapped under the newest version, and stay the keys that they were', async () => {
    const before = await found();
    await provider.rotate();
    const { current } = await provider.versions();
    expect(await rewrapKeys(care())).toBe(keys);
    expect(await countKeys(database)).toEqual({ living: [{ wrappingKeyId: current, keys }], destroyed: 0 });
    expect(await found()).toEqual(before);
    expect(await rewrapKeys(care())).toBe(0);
  });

  it('are gone on with after a rewrapping that died, each once', async () => {
    await provider.rotate();
    let left = 120;
    const dying: KeyProvider = {
      ...provider,
      rewrap: async (...key) => {
        if (left === 0) throw new Error('killed');
        left -= 1;
        return provider.rewrap(...key);
      },
    };
    await expect(rewrapKeys({ database, provider: dying })).rejects.toThrow('killed');
    expect(await rewrapKeys(care())).toBe(keys - 120);
    expect((await countKeys(database)).living).toHaveLength(1);
  });

  it('do not come back when they are destroyed while they are rewrapped, and new ones are left alone', async () => {
    await provider.rotate();
    const [erased = '', stays = ''] = subjects;
    const late = randomUUID();
    const destroying: KeyProvider = {
      ...provider,
      rewrap: async (...key) => {
        const again = await provider.rewrap(...key);
        await ring().destroy(erased);
        return again;
      },
    };
    const made = ring().forSubject(late);
    await rewrapKeys({ database, provider: destroying });
    expect(await ring().find(erased)).toBe('destroyed');
    expect(bytes(await ring().find(stays))).not.toBe('destroyed');
    expect(bytes(await ring().find(late))).toBe(bytes(await made));
    expect((await countKeys(database)).destroyed).toBe(1);
  });

  it('move from a key file to a key service, and are the same there', async () => {
    const peer = await VaultPeer.start();
    const at = { address: peer.address, token: { value: peer.rootToken }, key: 'waymark-intake' };
    await createVaultKey(at);
    const vault = await openVaultKeys(at);
    const before = await found();
    await expect(rewrapKeys({ database, provider: vault })).rejects.toMatchObject({ code: 'unknown_key' });
    expect(await rewrapKeys({ database, provider: vault, from: provider })).toBe(keys);
    expect(await found(vault)).toEqual(before);
    await vault.close();
    await peer.stop();
  });

  it('are checked one by one, and against those who are erased and those for whom something is sealed', async () => {
    expect(await verifyKeys({ ...care(), erased: [] })).toEqual({ keys, faults: [] });
    const [altered = '', foreign = '', back = '', gone = ''] = subjects;
    await ring().destroy(gone);
    await database.query(`UPDATE data_keys SET wrapped = 'nothing' WHERE subject_id = $1`, [altered]);
    await database.query(`UPDATE data_keys SET wrapping_key_id = $2 WHERE subject_id = $1`, [foreign, randomUUID()]);
    const missing = randomUUID();
    const { faults } = await verifyKeys({ ...care(), erased: [back, gone], sealed: [...subjects, missing] });
    const expected = [
      { subjectId: altered, fault: 'altered' },
      { subjectId: foreign, fault: 'unknown_key' },
      { subjectId: back, fault: 'alive_though_erased' },
      { subjectId: missing, fault: 'missing' },
    ];
    expect(faults).toHaveLength(expected.length);
    expect(faults).toEqual(expect.arrayContaining(expected));
  });

  it('of erased persons are destroyed again when they have come back, once, and count as destroyed since the first time', async () => {
    const [back = '', gone = ''] = subjects;
    const never = randomUUID();
    const destroyedAt = new Date('2026-03-02T08:00:00.000Z');
    const since = (...ids: readonly string[]) => ids.map((subjectId) => ({ subjectId, destroyedAt }));
    const first = await ring().destroy(gone);
    expect(await ring().destroyAgain(since(back, never, back, gone))).toBe(2);
    expect(await ring().destroyAgain(since(back, never, gone))).toBe(0);
    expect(await ring().destroyAgain([])).toBe(0);
    expect(await ring().find(back)).toBe('destroyed');
    expect(await ring().destroy(back)).toEqual({ madeAt: expect.any(Date), destroyedAt });
    expect(await ring().destroy(gone)).toEqual(first);
  });

  it('of erased persons are not made again when the log knows better than the keys', async () => {
    const [never, destroyedAt] = [randomUUID(), new Date('2026-03-02T08:00:00.000Z')];
    expect(await ring().destroyAgain([{ subjectId: never, destroyedAt }])).toBe(1);
    expect(await ring().destroy(never)).toEqual({ destroyedAt });
    await expect(ring().forSubject(never)).rejects.toThrow(SubjectErasedError);
  });
});
