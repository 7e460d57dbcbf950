import type { EntityManager } from 'typeorm';
import { type Fold, folding, type OpenedEvent, type Projection } from '@waymark/projections';
import type { FactEvent } from '../../domain/fact.js';

/** Code that stands for "no code was given". */
export const notStated = 'not_stated';

/** True counts by month, place and measure. Never shown as they are: tables go through disclosure control. */
export const contactCountsProjection: Projection<'contact-counts'> = {
  name: 'contact-counts',
  version: 1,
  categories: ['fact'],
  tables: `
    CREATE TABLE contact_counts (
      month text NOT NULL,
      country text NOT NULL,
      subdivision text NOT NULL,
      measure text NOT NULL,
      contacts integer NOT NULL,
      PRIMARY KEY (month, country, subdivision, measure)
    );`,
  ...folding(() => new ContactsCounted()),
};

interface Place {
  readonly key: readonly [month: string, country: string, subdivision: string];
  readonly contacts: Map<string, number>;
}

class ContactsCounted implements Fold {
  private readonly places = new Map<string, Place>();
  held = 0;

  take(recorded: readonly OpenedEvent[]): void {
    for (const { type, data } of recorded) this.count({ type, data } as FactEvent);
  }

  async write(manager: EntityManager): Promise<void> {
    const cells = [...this.places.values()].flatMap(({ key, contacts }) =>
      [...contacts].map(([measure, count]) => [...key, measure, count] as const),
    );
    const column = (index: number): readonly (string | number | undefined)[] => cells.map((cell) => cell[index]);
    await manager.query(
      `INSERT INTO contact_counts (month, country, subdivision, measure, contacts)
       SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[])
       ON CONFLICT (month, country, subdivision, measure)
         DO UPDATE SET contacts = contact_counts.contacts + excluded.contacts`,
      [0, 1, 2, 3, 4].map(column),
    );
    this.places.clear();
    this.held = 0;
  }

  private count({ data }: FactEvent): void {
    const { month, country = '', subdivision = '' } = data;
    const at = `${month} ${country} ${subdivision}`;
    let place = this.places.get(at);
    if (!place) this.places.set(at, (place = { key: [month, country, subdivision], contacts: new Map() }));
    const { contacts } = place;
    const before = contacts.size;
    for (const measure of measuresOf(data)) contacts.set(measure, (contacts.get(measure) ?? 0) + 1);
    this.held += contacts.size - before;
  }
}

/** All measures that a contact counts in, each once. */
export const measuresOf = ({ matters, behaviours }: Pick<FactEvent['data'], 'matters' | 'behaviours'>): string[] => [
  'contacts',
  ...stated(matters).map((code) => `matter/${code}`),
  ...stated(behaviours).map((code) => `behaviour/${code}`),
];

const stated = (codes: readonly string[]): readonly string[] =>
  codes.length === 0 ? [notStated] : codes.length === 1 ? codes : [...new Set(codes)];
