import { concernBody, readVignettes, type Vignette } from '@waymark/demo';
import { DemoTokens } from '@waymark/identity';
import type { Platform } from './start-platform.js';

const hour = 3_600_000;

/** Enters the 60 demo concerns over HTTP, as people would: by the portal, or by an officer for all other channels. */
export async function loadDemoConcerns(platform: Platform, now = Date.now()): Promise<number> {
  const vignettes = await readVignettes();
  const token = await new DemoTokens(platform.issuer).of('amina.officer');
  for (const [index, vignette] of vignettes.entries()) {
    if (vignette.channel === 'portal') await send(platform, '/v1/concerns', concernBody(vignette), vignette.id);
    else
      await send(
        platform,
        '/v1/contacts',
        { ...concernBody(vignette), ...contactOf(vignette, index, now) },
        vignette.id,
        token,
      );
  }
  return vignettes.length;
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
