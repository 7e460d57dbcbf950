import { readFile } from 'node:fs/promises';

/** A first message of the demo, labelled with the codes a careful reader would choose. */
export interface Vignette {
  readonly id: string;
  readonly language: string;
  readonly channel: string;
  readonly kind: string;
  readonly identity: string;
  readonly reporterRelation: string;
  readonly matter: readonly string[];
  readonly country: string;
  readonly dutyStation: string;
  readonly occurrence: string;
  readonly immediateDanger: boolean;
  readonly text: string;
}

/** The 60 first messages. */
export async function readVignettes(): Promise<readonly Vignette[]> {
  const lines = (await readFile(new URL('../data/vignettes.jsonl', import.meta.url), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Vignette);
}

/** A vignette as the body of SubmitConcern; RegisterContact takes the same and its channel and times. */
export function concernBody({
  kind,
  identity,
  reporterRelation,
  matter,
  language,
  immediateDanger,
  occurrence,
  country,
  dutyStation,
  text,
}: Vignette) {
  const place = { ...(country ? { country } : {}), ...(dutyStation ? { dutyStation } : {}) };
  return { kind, identity, reporterRelation, matter, language, immediateDanger, occurrence, place, narrative: text };
}
