import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyFile, openKeyFile } from './key-file.js';

describe('a key file', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waymark-keys-'));
    path = join(folder, 'keys', 'intake.keys');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is readable by its owner only and leaves no draft behind', async () => {
    await createKeyFile({ path });
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'keys'))).toEqual(['intake.keys']);
  });

  it('is never overwritten, and one of several that make it at once wins', async () => {
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => createKeyFile({ path })));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const before = await readFile(path, 'utf8');
    await expect(createKeyFile({ path })).rejects.toMatchObject({ code: 'exists', path });
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(join(folder, 'keys'))).toEqual(['intake.keys']);
  });

  it.each([0o640, 0o604, 0o620, 0o610])('is refused with mode %o, by an error that names it', async (mode) => {
    await createKeyFile({ path });
    await chmod(path, mode);
    const opening = openKeyFile({ path });
    await expect(opening).rejects.toMatchObject({ code: 'readable_by_others', path });
    await expect(opening).rejects.toThrow(path);
  });

  it('is refused when missing, empty or malformed, without showing what it holds', async () => {
    await expect(openKeyFile({ path })).rejects.toMatchObject({ code: 'missing', path });
    await createKeyFile({ path });
    const whole = await readFile(path, 'utf8');
    await writeFile(path, '');
    await expect(openKeyFile({ path })).rejects.toMatchObject({ code: 'malformed' });
    await writeFile(path, whole.slice(0, -3));
    const refused = await openKeyFile({ path }).catch((error: unknown) => String(error));
    expect(refused).toContain(path);
    expect(refused).not.toContain(whole.split('\n')[1]!.slice(37, 47));
  });

  it('unwraps what it wrapped, and nothing that was altered or that another file wrapped', async () => {
    const otherPath = join(folder, 'keys', 'case.keys');
    await createKeyFile({ path });
    await createKeyFile({ path: otherPath });
    const [provider, other] = await Promise.all([openKeyFile({ path }), openKeyFile({ path: otherPath })]);
    const plain = Buffer.alloc(32, 1);

    const { wrapped, wrappingKeyId } = await provider.wrap(plain);
    expect(wrapped.includes(plain)).toBe(false);
    expect(await (await openKeyFile({ path })).unwrap(wrapped, wrappingKeyId)).toEqual(plain);
    await expect(other.unwrap(wrapped, wrappingKeyId)).rejects.toMatchObject({ code: 'unknown_key' });
    wrapped[20]! ^= 1;
    await expect(provider.unwrap(wrapped, wrappingKeyId)).rejects.toMatchObject({ code: 'altered' });
  });

  it('wraps with its newest key and goes on unwrapping with the older ones', async () => {
    await createKeyFile({ path });
    const old = await (await openKeyFile({ path })).wrap(Buffer.from('old'));
    const newPath = join(folder, 'new');
    await createKeyFile({ path: newPath });
    await writeFile(path, (await readFile(path, 'utf8')) + (await readFile(newPath, 'utf8')));

    const rotated = await openKeyFile({ path });
    expect((await rotated.wrap(Buffer.from('new'))).wrappingKeyId).not.toBe(old.wrappingKeyId);
    expect(await rotated.unwrap(old.wrapped, old.wrappingKeyId)).toEqual(Buffer.from('old'));
  });
});
