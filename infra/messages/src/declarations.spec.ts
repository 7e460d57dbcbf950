import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { allMessages, type MessageContract } from '@waymark/contracts';
import { services as grants } from '@waymark/provision';
import { definitions } from '@waymark/services';
import { readmeFile } from './papers.js';

const names = (contracts: readonly MessageContract[]): readonly string[] => contracts.map(({ type }) => type).sort();
const topics = (contracts: readonly MessageContract[]): readonly string[] =>
  [...new Set(contracts.map(({ topic }) => topic.slice('waymark.'.length)))].sort();

/** The messages named in the lines of a page that begin with this word. */
function namedAfter(word: string, page: string): readonly string[] {
  const lines = page.split('\n').filter((line) => line.startsWith(`- **${word}** `) || line.startsWith(`**${word}** `));
  expect(lines).toHaveLength(1);
  return [...(lines[0] ?? '').matchAll(/`([a-z]+\.[a-z-]+\.v\d+)`/g)].map(([, name = '']) => name).sort();
}

describe('what the services declare about messages', () => {
  it('is every message once, by the context that it is named after', () => {
    const published = definitions.flatMap(({ publishes = [] }) => publishes);
    expect(names(published)).toEqual(names(allMessages));
    for (const { name, publishes = [] } of definitions)
      expect(publishes.filter(({ context }) => context !== name)).toEqual([]);
  });

  const each = definitions.map(({ name, publishes = [], consumes = [] }) => ({
    name,
    publishes,
    consumes: consumes.map(({ contract }) => contract),
  }));

  it.each(each)('stands in the page of $name', ({ name, publishes, consumes }) => {
    const page = readFileSync(readmeFile(name), 'utf8');
    expect(namedAfter('Publishes', page)).toEqual(names(publishes));
    expect(namedAfter('Reacts to', page)).toEqual(names(consumes));
  });

  it.each(each)('is what $name may publish to and read', ({ name, publishes, consumes }) => {
    const granted = grants.find((grant) => grant.name === name);
    expect(granted?.consumes.toSorted()).toEqual(topics(consumes));
    if (publishes.length > 0) expect((granted?.publishes ?? [name]).toSorted()).toEqual(topics(publishes));
  });
});
