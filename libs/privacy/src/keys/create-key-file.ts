import { randomUUID } from 'node:crypto';
import { link, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KeyFileError } from './key-errors.js';
import { errorCode, type KeyFileContent, newKeyLine, NOTICE, readKeyFile } from './key-file-content.js';

/**
 * Writes a new key file with one 256-bit key, readable by its owner only. The file appears complete or not at all, and an
 * existing file is never touched: rejects with a `KeyFileError` `exists`.
 */
export async function createKeyFile({ path }: { readonly path: string }): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  try {
    await writePrivately(draft, `${NOTICE}${newKeyLine()}`);
    await link(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new KeyFileError('exists', path, `key file ${path} exists already and is not overwritten`, { cause: error });
  } finally {
    await unlink(draft);
  }
  await syncDirectory(dirname(path));
}

/**
 * Adds a key to the file, which wraps from then on. First as one that only unwraps, and when that is on the disk as the one that
 * wraps: a power cut never takes away a key that something was wrapped with. Rejects with `rotation_unfinished` while another
 * rotation goes on, or when one has died.
 */
export async function addKey(path: string): Promise<void> {
  const { text, owner } = await readKeyFile(path);
  const lines = text.trimEnd().split('\n');
  const wrapsUntilNow = lines.pop() ?? '';
  const added = newKeyLine();
  const prepared = [...lines, `${added}${wrapsUntilNow}\n`].join('\n');
  await replace(path, text, prepared, owner);
  await replace(path, prepared, [...lines, wrapsUntilNow, added].join('\n'), owner);
}

type Owner = KeyFileContent['owner'];

/** The draft is the lock: whoever has made it looks at the file again, and nobody else replaces the file meanwhile. */
async function replace(path: string, before: string, text: string, owner: Owner): Promise<void> {
  const draft = `${path}.next`;
  try {
    await writePrivately(draft, text, owner);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    throw new KeyFileError(
      'rotation_unfinished',
      path,
      `${draft} exists: another rotation goes on, or one has died; nothing was wrapped with what it holds, so then remove it`,
      { cause: error },
    );
  }
  if ((await readKeyFile(path)).text !== before) {
    await unlink(draft);
    throw new KeyFileError('rotation_unfinished', path, `key file ${path} was changed by somebody else meanwhile`);
  }
  await rename(draft, path);
  await syncDirectory(dirname(path));
}

async function writePrivately(path: string, text: string, owner?: Owner) {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    if (owner && owner.uid !== process.getuid?.()) await file.chown(owner.uid, owner.gid);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A power cut must not take away the only key of data that was sealed and acknowledged after it. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
