import type { Projection } from '@waymark/projections';
import type { FactEvent } from '../../domain/fact.js';

/** Code that stands for "no code was given". */
export const notStated = 'not_stated';

/** True counts by month, place and measure. Never shown as they are: tables go through disclosure control. */
export const contactCountsProjection: Projection = {
  name: 'contact-counts',
  version: 1,
  categories: ['fact'],
  apply: async (recorded, manager) => {
    const event = { type: recorded.type, data: recorded.data } as FactEvent;
    const { month, country, subdivision, matters, behaviours } = event.data;
    const measures = ['contacts', ...coded('matter', matters), ...coded('behaviour', behaviours)];
    await manager.query(
      `INSERT INTO contact_counts (month, country, subdivision, measure, contacts)
       SELECT $1, $2, $3, measure, 1 FROM unnest($4::text[]) AS measure
       ON CONFLICT (month, country, subdivision, measure) DO UPDATE SET contacts = contact_counts.contacts + 1`,
      [month, country ?? '', subdivision ?? '', measures],
    );
  },
};

const coded = (typology: string, codes: readonly string[]): readonly string[] =>
  (codes.length > 0 ? [...new Set(codes)] : [notStated]).map((code) => `${typology}/${code}`);
