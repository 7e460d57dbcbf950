import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TProperties, Type } from '@sinclair/typebox';
import {
  declareEvents,
  type EarlierVersion,
  earlierVersion,
  readAsItIs,
  sealedFor,
  type Subject,
} from '@waymark/event-sourcing';
import { faultsOfGoldenEvents } from './faults-of-golden-events.js';
import { writeGoldenEvents } from './write-golden-events.js';

const kinds = (...codes: readonly string[]) => Type.Unsafe<string>(Type.Union(codes.map((each) => Type.Literal(each))));
const minutes = Type.Integer({ minimum: 0 });
const remark = Type.Optional(Type.String());
const first = { kind: kinds('home', 'office'), minutes, remark };
const sealedRemark = { remark: 'client' } as const;

const visited = (
  version: number,
  data: TProperties,
  sealed: Readonly<Record<string, Subject>>,
  ...earlier: readonly EarlierVersion[]
) => {
  const seals = Object.entries(sealed).map(([field, subject]) => [field, sealedFor(subject, 'narrative')]);
  return declareEvents({ Visited: { version, data, sealed: Object.fromEntries(seals), earlier } });
};

const original = visited(1, first, sealedRemark);

/** Version 2 counts hours and calls the remark a note. */
const inHours = (upcast: (data: { readonly minutes: number; readonly remark?: string }) => object) =>
  visited(
    2,
    { hours: Type.Number(), note: remark },
    { note: 'client' },
    earlierVersion({ data: first, sealed: sealedRemark, renamed: { remark: 'note' }, upcast }),
  );
const second = inHours(({ minutes: length, remark: note }) => ({
  hours: length / 60,
  ...(note === undefined ? {} : { note }),
}));

const fail = (): never => {
  throw new Error('no remark');
};

let folder: string;
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'waymark-golden-')), 'golden');
  expect(await writeGoldenEvents(original, folder)).toEqual(['Visited.v1.json']);
});
afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

const faults = (events: Parameters<typeof faultsOfGoldenEvents>[0]) => faultsOfGoldenEvents(events, folder);
const fileOfVersion1 = () => readFile(path.join(folder, 'Visited.v1.json'), 'utf8');
const changed = [
  'Visited.v1.json: what is declared is not what was recorded: take the change back, or make it a new version',
];

describe('the golden files of events', () => {
  it('fit what they were written of, in whatever order it is declared', async () => {
    expect(await faults(original)).toEqual([]);
    const reordered = { remark, minutes, kind: kinds('office', 'home') };
    expect(await faults(visited(1, reordered, sealedRemark))).toEqual([]);
  });

  it.each([
    ['a field more', { ...first, room: Type.Optional(Type.Integer()) }, sealedRemark],
    ['a field less', { kind: first.kind, minutes }, {}],
    ['another rule for a field', { ...first, minutes: Type.Integer({ minimum: 1 }) }, sealedRemark],
    ['a field that may be absent', { ...first, minutes: Type.Optional(minutes) }, sealedRemark],
    ['a code more', { ...first, kind: kinds('home', 'office', 'street') }, sealedRemark],
    ['a seal for somebody else', first, { remark: 'witness' } as const],
    ['a field more that is sealed', first, { ...sealedRemark, minutes: 'client' } as const],
  ])('tell %s without a new version, and are not written over', async (_what, data, sealed) => {
    const before = await fileOfVersion1();
    const without = visited(1, data, sealed);
    expect(await faults(without)).toEqual(expect.arrayContaining(changed));
    expect(await writeGoldenEvents(without, folder)).toEqual([]);
    expect(await fileOfVersion1()).toBe(before);
    expect(await faults(without)).toEqual(expect.arrayContaining(changed));
  });

  it('are asked for with every new version, and written beside the old ones', async () => {
    const before = await fileOfVersion1();
    expect(await faults(second)).toEqual([expect.stringMatching(/^Visited[.]v2[.]json is missing/)]);
    expect(await writeGoldenEvents(second, folder)).toEqual(['Visited.v2.json']);
    expect(await faults(second)).toEqual([]);
    expect(await fileOfVersion1()).toBe(before);
  });

  it('cannot be made up later for a version that is old already', async () => {
    await rm(folder, { recursive: true });
    await writeGoldenEvents(second, folder);
    expect(await faults(second)).toEqual([expect.stringMatching(/^Visited[.]v1[.]json is missing/)]);
  });

  it('tell an earlier version that is declared otherwise than it was', async () => {
    const room = Type.Optional(Type.Integer());
    const otherwise = visited(2, first, sealedRemark, {
      ...earlierVersion({ data: { ...first, room }, sealed: sealedRemark, upcast: (data) => data }),
    });
    await writeGoldenEvents(otherwise, folder);
    expect(await faults(otherwise)).toEqual(changed);
  });

  it('tell a reader of old events that makes no current event of them', async () => {
    const forgets = inHours(({ minutes: length }) => ({ minutes: length }));
    await writeGoldenEvents(forgets, folder);
    expect(await faults(forgets)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Visited[.]v1[.]json: not read as version 2: [/]hours/)]),
    );
    const asItIs = visited(2, { hours: Type.Number() }, {}, { ...readAsItIs, sealed: sealedRemark });
    expect(await faults(asItIs)).toEqual(expect.arrayContaining([expect.stringMatching(/not read as version 2/)]));
  });

  it('tell a reader of old events that cannot do without what was erased', async () => {
    const told = { minutes, remark: Type.String() };
    const loud = (upcast: (data: { readonly minutes: number; readonly remark?: string }) => object) =>
      visited(
        2,
        { minutes, loudness: Type.Integer(), remark: Type.String() },
        sealedRemark,
        earlierVersion({ data: told, sealed: sealedRemark, upcast }),
      );
    await rm(folder, { recursive: true });
    await writeGoldenEvents(visited(1, told, sealedRemark), folder);
    const careful = loud((data) => ({ ...data, loudness: data.remark?.length ?? 0 }));
    await writeGoldenEvents(careful, folder);
    expect(await faults(careful)).toEqual([]);
    const careless = loud((data) => ({ ...data, loudness: data.remark?.length }));
    expect(await faults(careless)).toEqual([
      expect.stringMatching(/^Visited[.]v1[.]json: not read as version 2: [/]loudness/),
    ]);
    const failing = loud((data) => ({ ...data, loudness: (data.remark ?? fail()).length }));
    expect(await faults(failing)).toEqual(
      expect.arrayContaining(['Visited.v1.json: cannot be read: Error: no remark']),
    );
  });

  it('tell a reader of old events that was changed after events were read by it', async () => {
    await writeGoldenEvents(second, folder);
    const other = inHours(({ minutes: length }) => ({ hours: length / 100 }));
    expect(await faults(other)).toEqual(
      expect.arrayContaining(['Visited.v2.json: version before is not read as it was recorded']),
    );
  });

  it('tell a type that nobody declares any more, although such events are in logs', async () => {
    expect(await faults({})).toEqual([expect.stringMatching(/^Visited[.]v1[.]json: such events are in logs/)]);
  });
});
