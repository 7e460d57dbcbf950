import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newEvents, openLogGround, temporaryFolder, waymark, type LogGround } from './log-ground.fixture.js';

let ground: LogGround;
let files: Awaited<ReturnType<typeof temporaryFolder>>;
let heads: string;
const streams = ['removed', 'cut', 'forked', 'forked_and_longer', 'rewritten', 'renamed', 'untouched'].map(
  (name) => `thing-${name}`,
);

beforeAll(async () => {
  ground = await openLogGround();
  files = await temporaryFolder();
  heads = files.at('heads.jsonl');
  for (const stream of streams) await ground.store.append(stream, 'none', newEvents(5));
  expect((await verify('--heads', heads)).code).toBe(0);
});
afterAll(async () => {
  await ground.close();
  await files.remove();
});

const verify = (...args: readonly string[]) => waymark('events', 'verify', '--url', ground.url, '--json', ...args);
const faultsOf = async (...args: readonly string[]) => {
  const { code, out } = await verify(...args);
  const { faults } = JSON.parse(out) as { readonly faults: readonly object[] };
  expect(code).toBe(faults.length === 0 ? 0 : 1);
  return faults;
};

const cutTo = async (stream: string, revision: number) => {
  await ground.tamper('delete from waymark.events where stream_id = $1 and revision > $2', [stream, revision]);
};
const remove = async (stream: string) => {
  await ground.tamper('delete from waymark.events where stream_id = $1', [stream]);
};

describe('a log that was forged with whole and valid chains', () => {
  const steps: readonly (readonly [what: string, forge: () => Promise<unknown>, stream: string, fault: object])[] = [
    ['a stream removed', () => remove('thing-removed'), 'thing-removed', { revision: 0, kind: 'missing' }],
    ['a stream cut off at its end', () => cutTo('thing-cut', 2), 'thing-cut', { revision: 3, kind: 'cut' }],
    [
      'a stream that goes on otherwise from some point',
      async () => {
        await cutTo('thing-forked', 2);
        await ground.store.append('thing-forked', 2, newEvents(2));
      },
      'thing-forked',
      { revision: 4, kind: 'rewritten' },
    ],
    [
      'a stream that goes on otherwise, and longer than before',
      async () => {
        await cutTo('thing-forked_and_longer', 1);
        await ground.store.append('thing-forked_and_longer', 1, newEvents(20));
      },
      'thing-forked_and_longer',
      { revision: 4, kind: 'rewritten' },
    ],
    [
      'a stream written anew from its beginning',
      async () => {
        await remove('thing-rewritten');
        await ground.store.append('thing-rewritten', 'none', newEvents(5));
      },
      'thing-rewritten',
      { revision: 4, kind: 'rewritten' },
    ],
  ];

  it.each(steps)('is intact in itself, and found by its earlier heads: %s', async (_what, forge, stream, fault) => {
    await forge();
    expect(await faultsOf()).toEqual([]);
    expect(await faultsOf('--expect', heads)).toContainEqual({ stream, ...fault });
    expect(await faultsOf('--expect', heads, '--stream', stream)).toEqual([{ stream, ...fault }]);
    expect(await faultsOf('--expect', heads, '--stream', 'thing-untouched')).toEqual([]);
  });

  it('shows a stream under another name as one that is missing and one that is false', async () => {
    await ground.tamper(`update waymark.events set stream_id = 'thing-forged' where stream_id = 'thing-renamed'`);
    expect(await faultsOf()).toEqual([{ stream: 'thing-forged', revision: 0, kind: 'hash' }]);
    const faults = await faultsOf('--expect', heads);
    expect(faults).toContainEqual({ stream: 'thing-renamed', revision: 0, kind: 'missing' });
    expect(faults).toContainEqual({ stream: 'thing-forged', revision: 0, kind: 'hash' });
    const { code, out } = await waymark('events', 'verify', '--url', ground.url, '--expect', heads);
    expect(code).toBe(1);
    expect(out).toContain('7 streams are not as they were written:');
    expect(out).toContain('thing-cut, revision 3: cut');
  });

  it('says of a stream that is not there that there is none, and only by earlier heads that it was removed', async () => {
    for (const args of [['thing-removed'], ['thing-mistyped', '--expect', heads]]) {
      const { code, out, err } = await verify('--stream', ...args);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(`there is no stream ${args[0]} in this log`);
    }
    expect(await faultsOf('--stream', 'thing-removed', '--expect', heads)).toEqual([
      { stream: 'thing-removed', revision: 0, kind: 'missing' },
    ]);
  });

  it('is not read at all where its heads could not be written', async () => {
    for (const place of [files.at('no-such-folder/heads.jsonl'), files.at('.')]) {
      const { code, out, err } = await verify('--heads', place);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/folder/);
      expect(err).not.toContain('    at ');
    }
  });
});

describe('a file of heads', () => {
  it('is in the order of the names and says how much must follow', async () => {
    const lines = (await readFile(heads, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ format: 'waymark-heads', version: 1, streams: 7, events: 35 });
    expect(lines.slice(1).map(({ stream }) => stream)).toEqual([...streams].sort());
    expect(lines[1]).toEqual({ stream: 'thing-cut', revision: 4, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it.each([
    ['that has lost its last line', (text: string) => text.replace(/\n[^\n]+\n$/, '\n'), 1],
    ['that ends in the middle of a line', (text: string) => text.slice(0, -9), 1],
    ['that is something else', () => '{"format":"other"}\n', 1],
    ['that is empty', () => '', 1],
    ['with a hash too short', (text: string) => text.replace(/(.)"\}\n$/, '"}\n'), 1],
  ])('is refused: one %s', async (_what, spoil, code) => {
    const spoilt = files.at('spoilt.jsonl');
    await writeFile(spoilt, spoil(await readFile(heads, 'utf8')));
    expect(await verify('--expect', spoilt)).toMatchObject({ code, out: '' });
  });

  it('is wrong use when it is not there', async () => {
    expect((await verify('--expect', files.at('none.jsonl'))).code).toBe(2);
  });
});
