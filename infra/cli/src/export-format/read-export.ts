import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { StoredEvent, StreamHeads } from '@waymark/event-store';
import { FaultFound, WrongUse } from '../exit-codes.js';
import { parseEventLine } from './event-line.js';
import { linesOf, sealOf, type FileSeal } from './files.js';
import { readHeads } from './heads-file.js';
import { headsName, readManifest, type Manifest } from './manifest.js';

export interface CheckedExport {
  readonly manifest: Manifest;
  readonly heads: StreamHeads;
}

/** Reads the manifest and holds every file against it; only then anything of the content is looked at. */
export async function checkExport(folder: string): Promise<CheckedExport> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new WrongUse(`${folder} is not a folder`);
  const manifest = await readManifest(folder);
  const sealed: readonly FileSeal[] = [manifest.heads, ...manifest.files];
  const names = new Set(sealed.map(({ name }) => name));
  const strange = (await readdir(folder)).find((name) => name.endsWith('.jsonl') && !names.has(name));
  if (strange !== undefined) throw new FaultFound(`the manifest does not know ${strange}`);
  for (const expected of sealed) await checkFile(folder, expected);
  const heads = await readHeads(path.join(folder, headsName));
  if (heads.size !== manifest.streams) throw new FaultFound(`${headsName} and the manifest count different streams`);
  return { manifest, heads };
}

async function checkFile(folder: string, expected: FileSeal): Promise<void> {
  const { name } = expected;
  const seal = await sealOf(folder, name).catch((error: unknown) => {
    throw new FaultFound(`${name} cannot be read`, { cause: error });
  });
  if (seal.bytes !== expected.bytes || seal.sha256 !== expected.sha256) {
    throw new FaultFound(`${name} is not as the manifest has it`);
  }
}

/** The events of an export in their order. Whether they are what was exported whoever stores them has to prove. */
export async function* eventsOf(folder: string, { files }: Manifest): AsyncGenerator<StoredEvent, void, undefined> {
  let last = 0n;
  for (const { name } of files) {
    let number = 0;
    for await (const line of linesOf(path.join(folder, name))) {
      number += 1;
      const event = parseEventLine(line, `line ${number} of ${name}`);
      if (event.position <= last) throw new FaultFound(`line ${number} of ${name} is out of order`);
      last = event.position;
      yield event;
    }
  }
}
