import { existsSync } from 'node:fs';
import path from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/** Specs that take a minute or more. One of them started last would run alone while the other worker has nothing to do. */
const longest = [
  'tests/embedded.spec.ts',
  'tests/processes.spec.ts',
  'infra/chaos/src/chaos.spec.ts',
  'libs/privacy/src/disclosure-control/random-families.spec.ts',
];

const root = path.resolve(import.meta.dirname, '../..');
const rankOf = ({ path: file }) => {
  const rank = longest.findIndex((name) => path.join(root, name) === file);
  return rank < 0 ? longest.length : rank;
};

/** Starts the longest specs first, also on a fresh clone, where jest remembers no durations; the others in jest's order. */
export default class LongestFirst extends TestSequencer {
  constructor(...args) {
    super(...args);
    const missing = longest.filter((name) => !existsSync(path.join(root, name)));
    if (missing.length > 0) throw new Error(`tools/test/longest-first.mjs names what is not there: ${missing}`);
  }

  async sort(tests) {
    return (await super.sort(tests)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
