import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { FaultFound, WrongUse } from '../exit-codes.js';

/** Name, size and SHA-256 of a file of an export. */
export interface FileSeal {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Makes the names in a folder survive a power failure. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A file written piece by piece, readable by its owner only, on disk when `end` has resolved. */
export async function openSealedFile(folder: string, name: string) {
  const handle = await open(path.join(folder, name), 'wx', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    async write(text: string): Promise<void> {
      const buffer = Buffer.from(text);
      hash.update(buffer);
      bytes += buffer.length;
      await handle.writeFile(buffer);
    },
    async end(): Promise<FileSeal> {
      await handle.sync();
      await handle.close();
      return { name, bytes, sha256: hash.digest('hex') };
    },
    discard: (): Promise<void> => handle.close(),
  };
}

/** Refuses a file that `replaceFile` could not write, before the work of which it is to tell. */
export async function demandPlaceFor(file: string): Promise<void> {
  const folder = path.dirname(file);
  const isFolder = (name: string) =>
    stat(name).then(
      (found) => found.isDirectory(),
      () => false,
    );
  if (!(await isFolder(folder)))
    throw new WrongUse(`${folder} is no folder: ${path.basename(file)} cannot be written there`);
  if (await isFolder(file)) throw new WrongUse(`${file} is a folder`);
  await access(folder, constants.W_OK | constants.X_OK).catch((error: unknown) => {
    throw new WrongUse(`${folder} cannot be written to`, { cause: error });
  });
}

/** Writes a file that is there whole or not at all, in the place of one that may be there. */
export async function replaceFile(file: string, chunks: Iterable<string>): Promise<void> {
  const folder = path.dirname(file);
  const unfinished = `${path.basename(file)}.unfinished-${randomBytes(4).toString('hex')}`;
  const target = await openSealedFile(folder, unfinished);
  try {
    for (const chunk of chunks) await target.write(chunk);
    await target.end();
    await rename(path.join(folder, unfinished), file);
    await syncFolder(folder);
  } catch (error) {
    await target.discard().catch(() => undefined);
    await rm(path.join(folder, unfinished), { force: true });
    throw error;
  }
}

export async function sealOf(folder: string, name: string): Promise<FileSeal> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of createReadStream(path.join(folder, name)) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { name, bytes, sha256: hash.digest('hex') };
}

// Far above what an event of the largest size comes to, escaped and with its names.
const longestLine = 16_777_216;

/** The lines of a file, split at line feeds only: JSON texts may hold other characters that end a line elsewhere. */
export async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 262_144 }) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield Buffer.concat([...begun, chunk.subarray(from, end)]).toString('utf8');
      begun = [];
      length = 0;
      from = end + 1;
    }
    begun.push(chunk.subarray(from));
    length += chunk.length - from;
    if (length > longestLine) throw new FaultFound(`${file} has a line that is no event`);
  }
  if (length > 0) throw new FaultFound(`${file} ends in the middle of a line`);
}
