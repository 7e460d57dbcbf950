import { isDeepStrictEqual } from 'node:util';
import { type EventDeclaration, readAsCurrent, sealedFieldsOf } from '@waymark/event-sourcing';
import { fileNameOf, type GoldenFile, readGoldenFiles } from './golden-file.js';
import { recordedShape } from './recorded-shape.js';
import { writeGoldenEvents } from './write-golden-events.js';

type Events = Readonly<Record<string, EventDeclaration>>;

/**
 * What keeps an aggregate's events from being read in every version that was ever written, in sentences: a version without a golden
 * file, a shape that is not the recorded one, a recorded event that is not read as the current version, whole or with its sealed
 * fields erased. Under `npm run golden` it first writes the files of new versions.
 */
export async function faultsOfGoldenEvents(events: Events, folder: string): Promise<readonly string[]> {
  if (process.env.WAYMARK_WRITE_GOLDEN_EVENTS !== undefined) await writeGoldenEvents(events, folder);
  const files = await readGoldenFiles(folder);
  const versions = Object.entries(events).flatMap(([type, { version }]) =>
    Array.from({ length: version }, (_, index) => ({ type, version: index + 1, name: fileNameOf(type, index + 1) })),
  );
  const known = new Set(versions.map(({ name }) => name));
  const unread = [...files.keys()].filter((name) => !known.has(name));
  return [
    ...unread.map((name) => `${name}: such events are in logs, and nothing here reads them any more`),
    ...versions.flatMap(({ type, version, name }) => {
      const golden = files.get(name);
      if (!golden) return [`${name} is missing: write it with npm run golden, while the version is new`];
      const before = files.get(fileNameOf(type, version - 1));
      return [
        ...shapeFaults(events, type, version, golden),
        ...attempt(() => stepFaults(events, type, version, golden, before)),
        ...golden.examples.flatMap((example) => attempt(() => readingFaults(events, type, version, example))),
      ].map((fault) => `${name}: ${fault}`);
    }),
  ];
}

function attempt(check: () => readonly string[]): readonly string[] {
  try {
    return check();
  } catch (error) {
    return [`cannot be read: ${String(error)}`];
  }
}

/** Of an earlier version whose fields are not kept, the golden file alone tells the schema. */
function shapeFaults(events: Events, type: string, version: number, golden: GoldenFile): readonly string[] {
  const declaration = events[type];
  const schema = version === declaration?.version ? declaration.schema : declaration?.earlier[version - 1]?.schema;
  const declared = recordedShape(schema ?? golden.schema, sealedFieldsOf(events, type, version));
  const { schema: recordedSchema, sealed } = golden;
  if (isDeepStrictEqual(declared, { schema: recordedSchema, sealed })) return [];
  return ['what is declared is not what was recorded: take the change back, or make it a new version'];
}

function stepFaults(
  events: Events,
  type: string,
  version: number,
  golden: GoldenFile,
  before: GoldenFile | undefined,
): readonly string[] {
  const step = events[type]?.earlier[version - 2];
  if (!step || !before) return [];
  const read = before.examples.map((example) => step.upcast(example));
  return isDeepStrictEqual(read, golden.readFromBefore) ? [] : ['version before is not read as it was recorded'];
}

function readingFaults(events: Events, type: string, version: number, example: object): readonly string[] {
  const declaration = events[type];
  if (!declaration) return [];
  const sealed = Object.keys(sealedFieldsOf(events, type, version)).filter((field) => Object.hasOwn(example, field));
  const left = Object.fromEntries(Object.entries(example).filter(([field]) => !sealed.includes(field)));
  const whole = readAsCurrent(events, type, version, { data: example, erased: [] });
  const erased = readAsCurrent(events, type, version, { data: left, erased: sealed });
  const mayLack = Object.keys(declaration.sealed).filter((field) => !Object.hasOwn(erased.data, field));
  const lacking = (fault: string) => mayLack.some((field) => fault.startsWith(`/${field}: `));
  return [
    ...declaration.faultsIn(whole.data),
    ...declaration.faultsIn(erased.data).filter((fault) => !lacking(fault)),
    ...erased.erased.filter((field) => !Object.hasOwn(declaration.sealed, field)),
  ].map((fault) => `not read as version ${declaration.version}: ${fault}`);
}
