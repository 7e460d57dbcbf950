import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { EventDeclaration } from '@waymark/event-sourcing';
import { exampleOf } from './example-of.js';
import { fileNameOf, type GoldenFile, readGoldenFiles } from './golden-file.js';
import { recordedShape } from './recorded-shape.js';

/**
 * Writes the golden file of each event whose current version has none, and answers their names. What is there is never written
 * again. Throws when it knows no example that fits a schema.
 */
export async function writeGoldenEvents(
  events: Readonly<Record<string, EventDeclaration>>,
  folder: string,
): Promise<readonly string[]> {
  const there = await readGoldenFiles(folder);
  const missing = Object.entries(events).filter(([type, { version }]) => !there.has(fileNameOf(type, version)));
  await mkdir(folder, { recursive: true });
  const writing = missing.map(async ([type, declaration]) => {
    const name = fileNameOf(type, declaration.version);
    const golden = goldenOf(type, declaration, there.get(fileNameOf(type, declaration.version - 1)));
    await writeFile(path.join(folder, name), `${JSON.stringify(golden, null, 2)}\n`, { flag: 'wx' });
    return name;
  });
  return Promise.all(writing);
}

function goldenOf(type: string, declaration: EventDeclaration, before: GoldenFile | undefined): GoldenFile {
  const { version, schema, sealed, earlier } = declaration;
  const [most, least] = [exampleOf(schema, 'all'), exampleOf(schema, 'required')] as [object, object];
  const faults = [...declaration.faultsIn(most), ...declaration.faultsIn(least)];
  if (faults.length > 0) throw new Error(`no example fits ${type}: ${faults.join('; ')}`);
  const readFromBefore = before?.examples.map((example) => earlier.at(-1)?.upcast(example) ?? example);
  return {
    type,
    version,
    ...recordedShape(schema, sealed),
    examples: isDeepStrictEqual(most, least) ? [most] : [most, least],
    ...(readFromBefore ? { readFromBefore } : {}),
  };
}
