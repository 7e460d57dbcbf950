import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';

interface Row {
  readonly month: string;
  readonly province_iso3166_2: string;
  readonly violence_types: string;
  readonly modalities: string;
  readonly relation: string;
  readonly contacts: string;
}

/** One contact as the body of RegisterContact, with an Idempotency-Key that is the same whenever it is registered. */
export interface HelplineContact {
  readonly key: string;
  readonly body: ContactBody;
}

interface ContactBody {
  readonly channel: string;
  readonly matter: readonly string[];
  readonly behaviour: readonly string[];
  readonly place: { readonly country: string; readonly subdivision?: string };
  readonly contact: { readonly at: string; readonly precision: string };
  readonly [field: string]: unknown;
}

const relations: Readonly<Record<string, string>> = {
  ex_partner: 'former_partner',
  partner: 'intimate_partner',
  parent_or_guardian: 'family_member',
  other_family: 'family_member',
  hierarchical_superior: 'supervisor',
  not_stated: 'unknown',
};

const matters: Readonly<Record<string, string>> = { domestic: 'domestic_violence', workplace: 'harassment' };

const listed = (cell: string): readonly string[] => (cell === '' ? [] : cell.split(';'));

/** The 6,596 contacts of the first quarter of 2021, at the precision that is known: the month. */
export async function readHelplineContacts(): Promise<readonly HelplineContact[]> {
  const rows = parse<Row>(await readFile(new URL('../data/linea144-2021q1.csv', import.meta.url)), { columns: true });
  return rows.flatMap((row) => Array.from({ length: Number(row.contacts) }, (_each, index) => contactOf(row, index)));
}

function contactOf(row: Row, index: number): HelplineContact {
  const { month, province_iso3166_2: province, violence_types: types, modalities, relation } = row;
  const key = createHash('sha256')
    .update(JSON.stringify(['linea144', month, province, types, modalities, relation, index]))
    .digest('base64url');
  const time = { at: `${month}-01T00:00:00.000Z`, precision: 'month' };
  const matter = [...new Set(listed(modalities).map((modality) => matters[modality] ?? 'other'))];
  const allegedRelation = relations[relation];
  return {
    key,
    body: {
      channel: 'helpline',
      kind: 'support_request',
      identity: 'anonymous',
      reporterRelation: 'unknown',
      language: 'es',
      immediateDanger: false,
      matter: matter.length > 0 ? matter : ['other'],
      behaviour: listed(types).map((type) => `${type}_violence`),
      place: { country: 'AR', ...(province ? { subdivision: province } : {}) },
      ...(allegedRelation ? { allegedRelation } : {}),
      contact: time,
      firstResponse: time,
    },
  };
}
