import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Type } from '@sinclair/typebox';
import type { StoredEvent } from '@waymark/event-store';
import { FaultFound } from '../exit-codes.js';

const line = TypeCompiler.Compile(
  Type.Object(
    {
      position: Type.String({ pattern: '^[1-9][0-9]{0,18}$' }),
      stream: Type.String(),
      revision: Type.Integer({ minimum: 0 }),
      id: Type.String(),
      type: Type.String(),
      schemaVersion: Type.Integer({ minimum: 1 }),
      recordedAt: Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z$' }),
      hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      data: Type.String(),
      metadata: Type.String(),
    },
    { additionalProperties: false },
  ),
);

/** One event as one line. `data` and `metadata` are strings that hold the stored texts, so that every byte of them survives. */
export function eventLine(event: StoredEvent): string {
  const { stream, revision, id, type, schemaVersion, recordedAt, hash, data, metadata } = event;
  const position = String(event.position);
  return `${JSON.stringify({ position, stream, revision, id, type, schemaVersion, recordedAt, hash, data, metadata })}\n`;
}

/** @throws {@link FaultFound} for anything but what `eventLine` writes */
export function parseEventLine(text: string, where: string): StoredEvent {
  const value = parseJson(text, where);
  if (!line.Check(value)) throw new FaultFound(`${where} is not an event`);
  return { ...value, position: BigInt(value.position) };
}

export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new FaultFound(`${where} is not JSON`);
  }
}
