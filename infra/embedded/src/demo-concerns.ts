import { readFile } from 'node:fs/promises';
import type { Platform } from './start-platform.js';

interface Vignette {
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

const hour = 3_600_000;

/** Enters the 60 demo concerns over HTTP, as people would: by the portal, or by an officer for all other channels. */
export async function loadDemoConcerns(platform: Platform, now = Date.now()): Promise<number> {
  const lines = (await readFile(new URL('../demo/vignettes.jsonl', import.meta.url), 'utf8')).trim().split('\n');
  const vignettes = lines.map((line) => JSON.parse(line) as Vignette);
  const token = await officerToken(platform);
  for (const [index, vignette] of vignettes.entries()) {
    if (vignette.channel === 'portal') await send(platform, '/v1/concerns', bodyOf(vignette), vignette.id);
    else
      await send(
        platform,
        '/v1/contacts',
        { ...bodyOf(vignette), ...contactOf(vignette, index, now) },
        vignette.id,
        token,
      );
  }
  return vignettes.length;
}

function bodyOf({
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

/** Contacts of the last day and a half; every third has had its response, so that the queue shows all states. */
function contactOf({ channel }: Vignette, index: number, now: number) {
  const contactedAt = now - (1 + ((index * 7) % 36)) * hour;
  const at = (time: number) => ({ at: new Date(time).toISOString(), precision: 'minute' });
  return {
    channel,
    contact: at(contactedAt),
    ...(index % 3 === 0 ? { firstResponse: at(contactedAt + hour / 2) } : {}),
  };
}

async function send(platform: Platform, path: string, body: object, id: string, token?: string): Promise<void> {
  const response = await fetch(`${platform.urlOf('intake')}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `waymark-demo-concern-${id}`,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  if (response.ok) return;
  const problem = (await response.json()) as { code?: string };
  // A start that was broken off has entered this one before, with times of its own.
  if (problem.code !== 'idempotency_key_reused') throw new Error(`demo concern ${id}: ${JSON.stringify(problem)}`);
}

async function officerToken({ issuer }: Platform): Promise<string> {
  const form = {
    grant_type: 'password',
    client_id: 'waymark-cli',
    username: 'amina.officer',
    password: 'waymark-demo',
  };
  const response = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}
