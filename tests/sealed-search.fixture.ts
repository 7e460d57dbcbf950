import { createDecipheriv, hkdfSync } from 'node:crypto';
import { openKeyFile } from '@waymark/privacy';
import type { Stage } from '@waymark/stage';
import type { Haystack } from './canary-search.fixture.js';

const contexts = ['intake', 'case', 'consent', 'referral'] as const;
const envelope =
  /\{"\$sealed": ?\{"data": ?"(?<early>[A-Za-z0-9_-]+)", ?"subject": ?"(?<owner>[0-9a-f-]{36})"\}\}|"subject": ?"(?<subject>[0-9a-f-]{36})", ?"data": ?"(?<data>[A-Za-z0-9_-]+)"/g;

/** Every sealed text that lies somewhere, however the place quotes it. */
export function envelopesIn(haystacks: readonly Haystack[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { text } of haystacks)
    for (const { groups } of text.replaceAll('""', '"').replaceAll('\\"', '"').matchAll(envelope))
      found.set(groups?.data ?? groups?.early ?? '', groups?.subject ?? groups?.owner ?? '');
  return found;
}

/**
 * What comes out of sealed texts for somebody who holds all key files and all data keys there are, and minds no seal: decrypted
 * without looking at what binds a text to its place, which is more than the services themselves would do.
 */
export async function openByForce(stage: Stage, sealed: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const opened: string[] = [];
  for (const context of contexts) {
    const provider = await openKeyFile({ path: String(stage.environmentOf(context).KEY_FILE) });
    const rows = await stage.queryKeys<{ subject_id: string; wrapped: Buffer; wrapping_key_id: string }>(
      context,
      `SELECT subject_id, wrapped, wrapping_key_id FROM data_keys WHERE wrapped <> ''`,
    );
    for (const { subject_id, wrapped, wrapping_key_id } of rows) {
      const dataKey = await provider.unwrap(wrapped, wrapping_key_id);
      const info = JSON.stringify(['waymark.data-key.v1', context, subject_id]);
      const key = Buffer.from(hkdfSync('sha256', dataKey, Buffer.alloc(0), info, 32));
      for (const [data, subject] of sealed)
        if (subject === subject_id) opened.push(decrypted(key, Buffer.from(data, 'base64url')));
    }
  }
  return opened;
}

/** AES-GCM is AES in counter mode, from 2 on, under a tag that nobody is made to look at. */
function decrypted(key: Buffer, bytes: Buffer): string {
  const counter = Buffer.concat([bytes.subarray(0, 12), Buffer.from([0, 0, 0, 2])]);
  const decipher = createDecipheriv('aes-256-ctr', key, counter);
  return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
}
