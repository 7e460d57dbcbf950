import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { OpenedEvent } from '@waymark/projections';
import { goldenFiles } from './golden-files.fixture.js';

export interface Golden {
  readonly sealed: Readonly<Record<string, unknown>>;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

/** As who follows the log gets it. */
export const recorded = (category: string, type: string, data: object): OpenedEvent => ({
  ...{ position: 1n, stream: `${category}-018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10`, category, revision: 0, type, data },
  ...{ id: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b11', schemaVersion: 1, recordedAt: '2026-03-02T08:00:00.000Z', hash: '' },
  ...{ stored: { data: '', metadata: '' }, erased: [] },
  metadata: {
    ...{ actor: { kind: 'staff', id: 'amina' }, correlationId: 'correlation', causationId: 'cause' },
    occurredAt: '2026-03-02T08:00:00.000Z',
  },
});

/** What is on record of an event in one version, at a place that there is. */
export function goldenOf(type: string, version: number): Golden | undefined {
  const file = goldenFiles.find((golden) => golden.type === type && golden.version === version);
  if (!file) return undefined;
  const golden: Golden = JSON.parse(readFileSync(path.join(file.folder, `${type}.v${version}.json`), 'utf8'));
  const place = { country: 'AR', subdivision: 'AR-B' };
  return { ...golden, examples: golden.examples.map((each) => ('place' in each ? { ...each, place } : each)) };
}
