import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { addKey, createKeyFile } from './create-key-file.js';
import { openKeyFile } from './key-file.js';

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

  it('gets a new key by rotation, keeps its owner’s mode, and leaves no draft behind', async () => {
    await createKeyFile({ path });
    const provider = await openKeyFile({ path });
    await provider.rotate();
    await provider.rotate();
    expect((await provider.versions()).all).toHaveLength(3);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'keys'))).toEqual(['intake.keys']);
  });

  it('loses no key to rotations at the same moment: each has added its own or says that it has not', async () => {
    await createKeyFile({ path });
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => addKey(path)));
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    for (const reason of refused) expect(reason).toMatchObject({ code: 'rotation_unfinished' });
    const done = outcomes.length - refused.length;
    expect(done).toBeGreaterThan(0);
    // A rotation that was refused at its second step has left a key that wraps nothing.
    expect((await (await openKeyFile({ path })).versions()).all.length).toBeGreaterThan(done);
    expect(await readdir(join(folder, 'keys'))).toEqual(['intake.keys']);
  });

  it('is not rotated over the draft of a rotation that died, and goes on wrapping', async () => {
    await createKeyFile({ path });
    const provider = await openKeyFile({ path });
    await writeFile(`${path}.next`, 'half a');
    await expect(provider.rotate()).rejects.toMatchObject({ code: 'rotation_unfinished', path });
    await provider.wrap(Buffer.alloc(32));
    await rm(`${path}.next`);
    await provider.rotate();
  });
});
