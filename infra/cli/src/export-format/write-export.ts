import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { LogVerifier, type StoredEvent } from '@waymark/event-store';
import { FaultFound, WrongUse } from '../exit-codes.js';
import { eventLine } from './event-line.js';
import { openSealedFile, syncFolder, type FileSeal } from './files.js';
import { headsText } from './heads-file.js';
import { fileName, headsName, manifestName, type EventFile, type Manifest } from './manifest.js';

export interface ExportOptions {
  /** Must not be there yet. */
  readonly out: string;
  /** In the order of positions. */
  readonly pages: AsyncIterable<readonly StoredEvent[]>;
  /** Everything up to here is in `pages`. */
  readonly head: bigint;
  readonly categories?: readonly string[];
  /** A file that has reached this size gets no further event. */
  readonly fileBytes: number;
  readonly release: string;
}

/**
 * Writes an export beside its place and puts it there when it is whole and on disk, so that a folder of this name is an export
 * or is not there. Every chain is verified on the way; a log with a fault is not exported.
 */
export async function writeExport(options: ExportOptions): Promise<Manifest> {
  const out = path.resolve(options.out);
  if (await stat(out).catch(() => undefined)) throw new WrongUse(`${options.out} is there already`);
  const unfinished = await mkdtemp(`${out}.unfinished-`).catch((error: unknown) => {
    throw new WrongUse(`${path.dirname(out)} cannot be written to`, { cause: error });
  });
  try {
    const manifest = await writeFiles(unfinished, options);
    await writeSealed(unfinished, manifestName, [`${JSON.stringify(manifest, null, 2)}\n`]);
    await syncFolder(unfinished);
    await rename(unfinished, out);
    await syncFolder(path.dirname(out));
    return manifest;
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    throw error;
  }
}

async function writeFiles(folder: string, options: ExportOptions): Promise<Manifest> {
  const verifier = new LogVerifier();
  const files: EventFile[] = [];
  let file: EventFileWriter | undefined;
  for await (const page of options.pages) {
    for (const event of page) {
      verifier.add(event);
      file ??= new EventFileWriter(await openSealedFile(folder, fileName(files.length)));
      await file.add(event);
      if (file.bytes < options.fileBytes) continue;
      files.push(await file.end());
      file = undefined;
    }
  }
  if (file) files.push(await file.end());
  const verdict = verifier.finish();
  const [fault] = verdict.faults;
  if (fault) {
    const { stream, revision, kind } = fault;
    throw new FaultFound(`the log has a fault and is not exported: ${stream}, revision ${revision}: ${kind}`);
  }
  return {
    format: 'waymark-events',
    version: 1,
    waymark: options.release,
    createdAt: new Date().toISOString(),
    ...(options.categories && { categories: [...options.categories] }),
    head: String(options.head),
    events: verdict.events,
    streams: verdict.streams,
    firstPosition: verdict.firstPosition === undefined ? null : String(verdict.firstPosition),
    lastPosition: verdict.lastPosition === undefined ? null : String(verdict.lastPosition),
    digest: verdict.digest,
    heads: { ...(await writeSealed(folder, headsName, headsText(verifier.heads, verdict))), name: headsName },
    files,
  };
}

async function writeSealed(folder: string, name: string, chunks: Iterable<string>): Promise<FileSeal> {
  const file = await openSealedFile(folder, name);
  for (const chunk of chunks) await file.write(chunk);
  return file.end();
}

const writeAt = 262_144;

class EventFileWriter {
  /** Handed over so far. */
  bytes = 0;
  #events = 0;
  #first = '';
  #last = '';
  #pending = '';

  constructor(private readonly file: Awaited<ReturnType<typeof openSealedFile>>) {}

  async add(event: StoredEvent): Promise<void> {
    const line = eventLine(event);
    this.#last = String(event.position);
    this.#first ||= this.#last;
    this.#events += 1;
    this.#pending += line;
    this.bytes += Buffer.byteLength(line);
    if (this.#pending.length >= writeAt) await this.#flush();
  }

  async end(): Promise<EventFile> {
    await this.#flush();
    const { name, bytes, sha256 } = await this.file.end();
    return { name, events: this.#events, firstPosition: this.#first, lastPosition: this.#last, bytes, sha256 };
  }

  async #flush(): Promise<void> {
    await this.file.write(this.#pending);
    this.#pending = '';
  }
}
