import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { allMessages, type MessageContract } from '@waymark/contracts';
import { services as grants } from '@waymark/provision';
import { messagesOf } from '@waymark/service-kit';
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

const each = definitions.map(messagesOf);

describe('what the services declare about messages', () => {
  it('is every message once, by the context that it is named after', () => {
    const published = each.flatMap(({ publishes }) => publishes);
    expect(names(published)).toEqual(names(allMessages.filter(({ retired }) => !retired)));
    for (const { name, publishes } of each) expect(publishes.filter(({ context }) => context !== name)).toEqual([]);
  });

  it.each(each)('stands in the page of $name', ({ name, publishes, hears }) => {
    const page = readFileSync(readmeFile(name), 'utf8');
    expect(namedAfter('Publishes', page)).toEqual(names(publishes));
    expect(namedAfter('Reacts to', page)).toEqual(names(hears));
  });

  it.each(each)('is what $name may publish to and read', ({ name, publishes, hears }) => {
    const granted = grants.find((grant) => grant.name === name);
    expect(granted?.consumes.toSorted()).toEqual(topics(hears));
    if (publishes.length > 0) expect((granted?.publishes ?? [name]).toSorted()).toEqual(topics(publishes));
  });
});
