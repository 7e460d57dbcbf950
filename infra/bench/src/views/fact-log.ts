import { randomUUID } from 'node:crypto';
import { randomBytes } from 'node:crypto';
import { type EventToAppend, grantCategories, migrateEventStore, openPostgresEventStore } from '@waymark/event-store';
import type { FreshDatabase } from '../bench-server.js';

const months = Array.from(
  { length: 60 },
  (_, index) => `${2020 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`,
);
const behaviours = ['quid_pro_quo', 'stalking', 'physical_violence', 'unwelcome_touching', 'verbal'];
const matters = ['sexual_harassment', 'retaliation', 'abuse_of_authority', 'other'];
const some = <Item>(items: readonly Item[], from: number, count: number): readonly Item[] =>
  Array.from({ length: count }, (_, index) => items[(from + index) % items.length] as Item);

/** De-identified facts as reporting keeps them, spread over 60 months, 24 provinces and the codes of matter and behaviour. */
export function newFact(): EventToAppend {
  const [a = 0, b = 0, c = 0, d = 0] = randomBytes(4);
  return {
    id: randomUUID(),
    type: 'FactReceived',
    schemaVersion: 2,
    data: {
      ...{ factId: randomUUID(), month: months[a % 60], country: 'AR' },
      ...{ subdivision: `AR-${String.fromCharCode(65 + (b % 24))}` },
      ...{ matters: some(matters, c, 1 + (c % 2)), behaviours: some(behaviours, d, d % 4) },
    },
    metadata: {
      ...{ actor: { kind: 'service', id: 'reporting' }, correlationId: randomUUID(), causationId: randomUUID() },
      occurredAt: new Date().toISOString(),
    },
  };
}

export interface FactLog {
  /** With the rights of the reporting service. */
  readonly url: string;
  fillTo(size: number): Promise<void>;
  close(): Promise<void>;
}

export async function openFactLog({ url }: FreshDatabase): Promise<FactLog> {
  const [role, password] = ['waymark_bench_facts', randomBytes(12).toString('hex')];
  await migrateEventStore({ adminUrl: url });
  await grantCategories({ adminUrl: url, role, password, append: ['fact'], read: ['fact'] });
  const own = new URL(url);
  [own.username, own.password] = [role, password];
  const store = openPostgresEventStore({ url: own.href, poolSize: 4 });
  let filled = 0;
  return {
    url: own.href,
    fillTo: async (size) => {
      const hand = async (): Promise<void> => {
        while (filled < size) {
          const count = Math.min(500, size - filled);
          filled += count;
          await store.append(`fact-${randomUUID()}`, 'none', Array.from({ length: count }, newFact));
        }
      };
      await Promise.all([hand(), hand(), hand()]);
    },
    close: () => store.close(),
  };
}
