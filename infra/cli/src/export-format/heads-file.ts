import path from 'node:path';
import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { StreamHeads, type LogVerdict } from '@waymark/event-store';
import { FaultFound } from '../exit-codes.js';
import { parseJson } from './event-line.js';
import { linesOf } from './files.js';

const hex = Type.String({ pattern: '^[0-9a-f]{64}$' });
const firstLine = TypeCompiler.Compile(
  Type.Object({
    format: Type.Literal('waymark-heads'),
    version: Type.Literal(1),
    streams: Type.Integer({ minimum: 0 }),
    events: Type.Integer({ minimum: 0 }),
    digest: hex,
  }),
);
const headLine = TypeCompiler.Compile(
  Type.Object({ stream: Type.String(), revision: Type.Integer({ minimum: 0 }), hash: hex }),
);

/** The heads of all streams in the order of their names, after a line that says how many there must be. */
export function* headsText(heads: StreamHeads, { streams, events, digest }: LogVerdict): Generator<string> {
  let chunk = `${JSON.stringify({ format: 'waymark-heads', version: 1, streams, events, digest })}\n`;
  for (const [stream, { revision, hash }] of heads.sorted()) {
    chunk += `${JSON.stringify({ stream, revision, hash: hash.toString('hex') })}\n`;
    if (chunk.length < 262_144) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/** @throws {@link FaultFound} when the file is not whole or not what `headsText` writes */
export async function readHeads(file: string): Promise<StreamHeads> {
  const heads = new StreamHeads();
  const name = path.basename(file);
  let expected: number | undefined;
  for await (const line of linesOf(file)) {
    const value = parseJson(line, `a line of ${name}`);
    if (expected === undefined) {
      if (!firstLine.Check(value)) throw new FaultFound(`${name} is not a file of heads`);
      expected = value.streams;
      continue;
    }
    if (!headLine.Check(value)) throw new FaultFound(`line ${heads.size + 2} of ${name} is not the head of a stream`);
    heads.set(value.stream, { revision: value.revision, hash: Buffer.from(value.hash, 'hex') });
  }
  if (heads.size !== expected) throw new FaultFound(`${name} has the heads of ${heads.size} streams, not ${expected}`);
  return heads;
}
