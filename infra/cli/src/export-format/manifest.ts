import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { FaultFound } from '../exit-codes.js';
import { parseJson } from './event-line.js';

export const manifestName = 'manifest.json';
export const headsName = 'heads.jsonl';

const closed = { additionalProperties: false };
const count = Type.Integer({ minimum: 0 });
const position = Type.String({ pattern: '^(0|[1-9][0-9]{0,18})$' });
const sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });

const manifest = Type.Object(
  {
    format: Type.Literal('waymark-events'),
    version: Type.Literal(1),
    /** The release that wrote it. */
    waymark: Type.String(),
    createdAt: Type.String(),
    /** Present when the export holds the streams of these categories only. */
    categories: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    /** Every event of the log up to here is in it. */
    head: position,
    events: count,
    streams: count,
    firstPosition: Type.Union([position, Type.Null()]),
    lastPosition: Type.Union([position, Type.Null()]),
    digest: sha256,
    heads: Type.Object({ name: Type.Literal(headsName), bytes: count, sha256 }, closed),
    files: Type.Array(
      Type.Object(
        {
          name: Type.String({ pattern: '^events-[0-9]{6}\\.jsonl$' }),
          events: Type.Integer({ minimum: 1 }),
          firstPosition: position,
          lastPosition: position,
          bytes: count,
          sha256,
        },
        closed,
      ),
    ),
  },
  closed,
);

export type Manifest = Static<typeof manifest>;
export type EventFile = Manifest['files'][number];

export const fileName = (index: number): string => `events-${String(index + 1).padStart(6, '0')}.jsonl`;

/** @throws {@link FaultFound} when there is none or it contradicts itself; what it says of the files is still to be checked */
export async function readManifest(folder: string): Promise<Manifest> {
  const text = await readFile(path.join(folder, manifestName), 'utf8').catch(() => undefined);
  if (text === undefined) throw new FaultFound(`${folder} is not a whole export: it has no ${manifestName}`);
  const value = parseJson(text, manifestName);
  if (!Value.Check(manifest, value)) {
    const [error] = Value.Errors(manifest, value);
    throw new FaultFound(`${manifestName} is not that of an export: ${error?.path} ${error?.message}`);
  }
  const { files, events, firstPosition, lastPosition } = value;
  const consistent =
    files.every(({ name }, index) => name === fileName(index)) &&
    files.reduce((sum, file) => sum + file.events, 0) === events &&
    (files[0]?.firstPosition ?? null) === firstPosition &&
    (files.at(-1)?.lastPosition ?? null) === lastPosition;
  if (!consistent) throw new FaultFound(`${manifestName} contradicts itself`);
  return value;
}
