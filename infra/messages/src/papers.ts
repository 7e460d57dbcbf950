import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { MessageContract } from '@waymark/contracts';
import type { PublishedRecord } from './published-record.js';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

export const asyncApiFile = path.join(root, 'docs', 'asyncapi.json');

export const recordFile = ({ type }: MessageContract): string =>
  path.join(root, 'libs', 'contracts', 'published', `${type}.json`);

export const readmeFile = (service: string): string => path.join(root, 'services', service, 'README.md');

/** What was published under the contract's name; undefined when nothing was. */
export function readRecord(contract: MessageContract): PublishedRecord | undefined {
  const file = recordFile(contract);
  if (!existsSync(file)) return undefined;
  const record: PublishedRecord = JSON.parse(readFileSync(file, 'utf8'));
  return record;
}
