import { type FieldsOf, foldedRows, oneRow, type Projection } from '@waymark/projections';
import type { ConcernEvent } from '../../domain/concern.events.js';
import { ContactMark } from './contact-mark.entity.js';
import type { ContactMarks } from './contact-marks.js';

const folds = ['ConcernSubmitted', 'PersonErased'] as const satisfies readonly ConcernEvent['type'][];
type FoldedEvent = Extract<ConcernEvent, { type: (typeof folds)[number] }>;

/** Concerns by how their reporter can be reached. */
export const contactMarksProjection = (marks: ContactMarks): Projection<'contact-marks'> =>
  foldedRows({
    name: 'contact-marks',
    version: 1,
    categories: ['concern'],
    folds,
    opens: { ConcernSubmitted: ['contactDetails'] } satisfies FieldsOf<ConcernEvent>,
    tables: `
      CREATE TABLE contact_marks (
        concern_id uuid PRIMARY KEY,
        contact_at timestamptz NOT NULL,
        marks text[] NOT NULL
      );
      CREATE INDEX contact_marks_by_mark ON contact_marks USING gin (marks);`,
    entity: ContactMark,
    of: 'concernId',
    idOf: ({ stream }) => stream.slice('concern-'.length),
    fold: oneRow((row, { type, data, stream }) => {
      const event = { type, data } as FoldedEvent;
      if (event.type === 'PersonErased') return event.data.persons.includes('reporter') ? undefined : row;
      // Absent when it was erased before it was folded.
      const found = marks.in(event.data.contactDetails);
      const concernId = stream.slice('concern-'.length);
      return found.length > 0 ? { concernId, contactAt: new Date(event.data.contact.at), marks: found } : undefined;
    }),
  });
