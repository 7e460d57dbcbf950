import { foldedRows, oneRow } from '@waymark/projections';
import type { ResponseFactEvent } from '../../domain/response-fact.js';
import { FirstResponseEntry } from './first-response-entry.entity.js';

/** How each contact was answered, by the month of the contact. Never shown as it is: tables go through disclosure control. */
export const firstResponsesProjection = foldedRows({
  name: 'first-responses',
  version: 1,
  categories: ['response_fact'],
  tables: `
    CREATE TABLE first_responses (
      fact_id uuid PRIMARY KEY,
      month text NOT NULL,
      channel text NOT NULL,
      measurable boolean NOT NULL,
      answer text NOT NULL
    );
    CREATE INDEX first_responses_cells ON first_responses (month, channel, answer);`,
  entity: FirstResponseEntry,
  of: 'factId',
  idOf: ({ stream }) => stream.slice('response_fact-'.length),
  fold: oneRow((entry, { type, data, stream }) => {
    const event = { type, data } as ResponseFactEvent;
    switch (event.type) {
      case 'ResponseAwaited': {
        const { month, channel, measurable } = event.data;
        const factId = stream.slice('response_fact-'.length);
        return { factId, month, channel, measurable, answer: measurable ? 'unanswered' : 'imprecise' };
      }
      case 'ResponseCounted':
        return entry && { ...entry, answer: (entry.measurable ? event.data.band : undefined) ?? 'imprecise' };
    }
  }),
});
