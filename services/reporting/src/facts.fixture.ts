import { randomUUID } from 'node:crypto';
import type { DataOf, MessageContract } from '@waymark/contracts';
import type { Message } from '@waymark/messaging';

/** Makes messages of facts as the other services send them: each fact's in their sequence. */
export function newFacts() {
  const sequences = new Map<string, number>();
  return <Contract extends MessageContract>(contract: Contract, data: DataOf<Contract>): Message => {
    const subject = String(Object(data).factId);
    const sequence = (sequences.get(subject) ?? 0) + 1;
    sequences.set(subject, sequence);
    const id = randomUUID();
    return {
      ...{ specversion: '1.0', id, source: contract.source, type: contract.type, subject, sequence },
      ...{ time: '2026-01-01T00:00:00.000Z', datacontenttype: 'application/json' },
      ...{ correlationid: id, causationid: id, data: Object(data) },
    };
  };
}
