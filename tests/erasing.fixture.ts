import { randomBytes } from 'node:crypto';
import { expect } from '@jest/globals';
import type { Stage } from '@waymark/stage';
import { type Haystack, readDatabases } from './canary-search.fixture.js';
import { ordinaryWords, type Words } from './whole-platform.fixture.js';

export type Field = keyof Words;

/** A text for each field that stands nowhere else in the world. */
export const newWords = (): Words =>
  Object.fromEntries(
    Object.keys(ordinaryWords).map((field) => [field, `kanarie-${randomBytes(8).toString('hex')}`]),
  ) as Words;

/** Of the witness who reported. */
export const ofTheReporter: readonly Field[] = [
  ...(['narrative', 'reporterName', 'contactDetails', 'method', 'times', 'codeWord'] as const),
  ...(['fromReporter', 'fromOfficer'] as const),
];
/** Of another client. */
export const ofAnother: readonly Field[] = ['registered'];
/** The rest. */
export const ofTheClient = (Object.keys(ordinaryWords) as Field[]).filter(
  (field) => ![...ofTheReporter, ...ofAnother].includes(field),
);

/** Which of these fields are there in what was opened is all of them, or none. */
export function expectAll(opened: string, words: Words, fields: readonly Field[], there: boolean): void {
  for (const field of fields) expect(`${field}: ${opened.includes(words[field])}`).toBe(`${field}: ${there}`);
}

/** What lies in every database of the stage. */
export function databasesOf(stage: Stage): Promise<readonly Haystack[]> {
  const name = new URL(stage.eventStoreAdminUrl).pathname.slice(1);
  return readDatabases(stage.eventStoreAdminUrl, name.replace(/events$/, ''));
}
