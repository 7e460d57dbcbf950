import type { EntityManager } from 'typeorm';
import type { OpenedEvent, Projection } from '@waymark/projections';
import type { FactEvent } from '../../domain/fact.js';

/** Code that stands for "no code was given". */
export const notStated = 'not_stated';

/** True counts by month, place and measure. Never shown as they are: tables go through disclosure control. */
export const contactCountsProjection: Projection = {
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
  apply: (recorded, manager) => count([recorded], manager),
  applyAll: (recorded, manager) => count(recorded, manager),
};

async function count(recorded: readonly OpenedEvent[], manager: EntityManager): Promise<void> {
  const cells = new Map<string, { readonly cell: readonly string[]; contacts: number }>();
  for (const { type, data } of recorded)
    for (const cell of cellsOf({ type, data } as FactEvent)) {
      const known = cells.get(cell.join(' ')) ?? { cell, contacts: 0 };
      known.contacts += 1;
      cells.set(cell.join(' '), known);
    }
  const counted = [...cells.values()];
  const column = (index: number): readonly string[] => counted.map(({ cell }) => cell[index] ?? '');
  await manager.query(
    `INSERT INTO contact_counts (month, country, subdivision, measure, contacts)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[])
     ON CONFLICT (month, country, subdivision, measure)
       DO UPDATE SET contacts = contact_counts.contacts + excluded.contacts`,
    [column(0), column(1), column(2), column(3), counted.map(({ contacts }) => contacts)],
  );
}

/** Month, country, subdivision and measure of each cell that a contact counts in. */
function cellsOf({ data }: FactEvent): readonly (readonly string[])[] {
  const { month, country, subdivision, matters, behaviours } = data;
  const measures = ['contacts', ...coded('matter', matters), ...coded('behaviour', behaviours)];
  return measures.map((measure) => [month, country ?? '', subdivision ?? '', measure]);
}

const coded = (typology: string, codes: readonly string[]): readonly string[] =>
  (codes.length > 0 ? [...new Set(codes)] : [notStated]).map((code) => `${typology}/${code}`);
