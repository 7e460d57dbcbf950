import { randomBytes, randomUUID } from 'node:crypto';
import type { EventToAppend } from '@waymark/event-store';

const sealed = () => ({ v: 1, subject: randomUUID(), text: randomBytes(180).toString('base64') });

/** An event as the services write them: two sealed fields, some 900 bytes with its metadata. */
export function newEvent(): EventToAppend {
  const commandId = randomUUID();
  return {
    id: randomUUID(),
    type: 'ReporterMessageReceived',
    schemaVersion: 1,
    data: { messageId: randomUUID(), channel: 'portal', text: sealed(), language: sealed() },
    metadata: {
      actor: { kind: 'staff', id: 'amina.officer' },
      unit: 'support_desk',
      purpose: 'first_response',
      correlationId: commandId,
      causationId: commandId,
      occurredAt: new Date().toISOString(),
    },
  };
}

export const newEvents = (count: number): EventToAppend[] => Array.from({ length: count }, newEvent);

export const newStream = (): string => `concern-${randomUUID()}`;
