import { foldedRows, type OpenedEvent, oneRow } from '@waymark/projections';
import { accessOf, accessTypes } from '../replay/accesses.js';
import { factOf } from '../replay/fact.js';
import { AccessEntry } from './access-entry.entity.js';

/** The whole access log, found by person, by unit, by what was asked for or shown, and by time. A row an access, never changed. */
export const accessesProjection = foldedRows({
  name: 'accesses',
  version: 3,
  categories: [
    'case',
    'consent',
    'referral',
    'intake_access',
    'case_access',
    'consent_access',
    'referral_access',
    'audit_access',
  ],
  folds: accessTypes,
  tables: `
    CREATE TABLE accesses (
      position bigint PRIMARY KEY,
      event_id uuid NOT NULL,
      stream text NOT NULL,
      event_type text NOT NULL,
      recorded_at timestamptz NOT NULL,
      occurred_at timestamptz NOT NULL,
      service text NOT NULL,
      person_kind text NOT NULL,
      person_id text NOT NULL,
      unit text,
      resource text,
      shown text[],
      what text NOT NULL,
      categories text[],
      purpose text,
      ground text,
      outcome text NOT NULL,
      consent_id text,
      disclosure_id text
    );
    CREATE INDEX accesses_person ON accesses (person_id, position);
    CREATE INDEX accesses_unit ON accesses (unit, position) WHERE unit IS NOT NULL;
    CREATE INDEX accesses_person_hour ON accesses (person_id, recorded_at);
    CREATE INDEX accesses_stream ON accesses (stream, position);
    CREATE INDEX accesses_shown ON accesses USING gin (shown);
    CREATE INDEX accesses_emergency ON accesses (ground, position) WHERE ground LIKE 'break_glass:%';
    CREATE INDEX accesses_recorded ON accesses (recorded_at);`,
  entity: AccessEntry,
  of: 'position',
  idOf: (event) => (accessIn(event) ? String(event.position) : undefined),
  fold: oneRow((_none, event) => entryOf(event)),
});

const accessIn = (event: OpenedEvent) => accessOf(factOf(event));

function entryOf(event: OpenedEvent): AccessEntry | undefined {
  const access = accessIn(event);
  if (!access) return undefined;
  const {
    who,
    recordedAt,
    occurredAt,
    unit,
    resource,
    shown,
    categories,
    purpose,
    ground,
    consentId,
    disclosureId,
    ...plain
  } = access;
  return {
    ...plain,
    stream: event.stream,
    recordedAt: new Date(recordedAt),
    occurredAt: new Date(occurredAt),
    personKind: who.kind,
    personId: who.id,
    unit: unit ?? null,
    resource: resource ?? null,
    shown: shown ? [...shown] : null,
    categories: categories ? [...categories] : null,
    purpose: purpose ?? null,
    ground: ground ?? null,
    consentId: consentId ?? null,
    disclosureId: disclosureId ?? null,
  };
}
