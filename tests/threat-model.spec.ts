import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const page = await readFile(join(process.cwd(), 'docs', 'threat-model.md'), 'utf8');

/** The files that a cell names, each with the sentences in italics that follow it. */
const citations = page.split('[`').flatMap((part): (readonly [string, string])[] => {
  const file = /^([^`]+\.spec\.ts)`\]/.exec(part)?.[1];
  if (file === undefined) return [];
  const cell = part.split(' | ', 1)[0] ?? '';
  return [...cell.matchAll(/_([^_]{10,})_/g)].map(([, sentence = '']) => [file, sentence]);
});

describe('the threat model', () => {
  it('names tests for what it says that holds', () => {
    expect(citations.length).toBeGreaterThan(30);
  });

  it.each(citations)('cites what is there: %s: %s', async (file, sentence) => {
    expect(await readFile(join(process.cwd(), file), 'utf8')).toContain(`'${sentence}'`);
  });
});
