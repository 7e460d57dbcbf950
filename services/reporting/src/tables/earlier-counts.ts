import type { EventStore } from '@waymark/event-store';
import type { Aggregates } from '@waymark/service-kit';
import type { ContactFact } from '../fact/domain/fact.js';
import { factAggregate } from '../fact/fact.aggregate.js';
import { measuresOf } from '../fact/projections/contact-counts/contact-counts.projection.js';
import type { CountRow } from './year-family.js';

/** Counts as they once were, folded from the facts in the log: what was hidden of them is written down nowhere. */
export class EarlierCounts {
  constructor(
    private readonly store: Pick<EventStore, 'readAll'>,
    private readonly aggregates: Pick<Aggregates, 'open'>,
  ) {}

  /** The rows with the counts of then in the months that are named, each up to a position of the log. */
  async in(rows: readonly CountRow[], upTo: ReadonlyMap<string, bigint>): Promise<readonly CountRow[]> {
    const counts = new Map<string, number>();
    for await (const fact of this.factsUntil(upTo))
      for (const measure of measuresOf(fact)) {
        const row = rowKey({ ...fact, measure });
        counts.set(row, (counts.get(row) ?? 0) + 1);
      }
    return rows.map((row) => (upTo.has(row.month) ? { ...row, contacts: counts.get(rowKey(row)) ?? 0 } : row));
  }

  private async *factsUntil(upTo: ReadonlyMap<string, bigint>): AsyncIterable<ContactFact> {
    const last = [...upTo.values()].reduce((latest, each) => (each > latest ? each : latest), 0n);
    for (let after = 0n; after < last;) {
      const page = await this.store.readAll({ after, categories: [factAggregate.category], limit: 1_000 });
      for (const recorded of page.events) {
        const { data } = await this.aggregates.open(factAggregate, recorded);
        const fact = data as ContactFact;
        if (recorded.position <= (upTo.get(fact.month) ?? 0n)) yield fact;
      }
      if (page.position === after) return;
      after = page.position;
    }
  }
}

const rowKey = ({ month, country = '', subdivision = '', measure }: Partial<CountRow>): string =>
  [month, country, subdivision, measure].join(' ');
