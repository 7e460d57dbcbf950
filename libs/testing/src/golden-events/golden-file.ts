import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { RecordedShape } from './recorded-shape.js';

/** One version of one event type as it was when it was new. Written once and never changed: such events are in logs. */
export interface GoldenFile extends RecordedShape {
  readonly type: string;
  readonly version: number;
  /** Opened data: with every optional field and with none. */
  readonly examples: readonly object[];
  /** From version 2 on: as what the examples of the version before are read. */
  readonly readFromBefore?: readonly object[];
}

export const fileNameOf = (type: string, version: number): string => `${type}.v${version}.json`;

/** The golden files in a folder by name; none when there is no folder. */
export async function readGoldenFiles(folder: string): Promise<ReadonlyMap<string, GoldenFile>> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const files = names.map(async (name): Promise<readonly [string, GoldenFile]> => {
    const file: GoldenFile = JSON.parse(await readFile(path.join(folder, name), 'utf8'));
    return [name, file];
  });
  return new Map(await Promise.all(files));
}
