import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSecretFile, readSecretFile } from './secrets.js';

describe('the secret of a service', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'waymark-secrets-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('is made once, for its owner only, and stays', async () => {
    const path = join(dir, 'deep', 'intake.secret');
    await createSecretFile(path);
    const first = (await readSecretFile(path)).of('receipts');
    await createSecretFile(path);
    expect((await readSecretFile(path)).of('receipts')).toEqual(first);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is one although many make it at once, and leaves no drafts', async () => {
    const path = join(dir, 'crowd', 'intake.secret');
    await Promise.all(Array.from({ length: 20 }, () => createSecretFile(path)));
    expect(await readdir(join(dir, 'crowd'))).toEqual(['intake.secret']);
  });

  it('gives each use its own 32 bytes', async () => {
    const path = join(dir, 'uses.secret');
    await createSecretFile(path);
    const secrets = await readSecretFile(path);
    expect(secrets.of('receipts')).toHaveLength(32);
    expect(secrets.of('receipts')).not.toEqual(secrets.of('throttle'));
  });

  it.each(['640', '604', '660'])('is refused when others may read it (mode %s)', async (mode) => {
    const path = join(dir, `open-${mode}.secret`);
    await createSecretFile(path);
    await chmod(path, Number.parseInt(mode, 8));
    await expect(readSecretFile(path)).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringMatching(/^SECRET_FILE: .* may be read by others/),
    });
  });

  it('is refused when it is missing or short, without being shown', async () => {
    await expect(readSecretFile(join(dir, 'nowhere'))).rejects.toThrow('SECRET_FILE');
    const path = join(dir, 'short.secret');
    await writeFile(path, 'jasmine', { mode: 0o600 });
    await expect(readSecretFile(path)).rejects.toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('jasmine') }),
    );
  });
});
