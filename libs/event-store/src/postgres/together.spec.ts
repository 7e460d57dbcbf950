import { describe, expect, it } from '@jest/globals';
import { Together } from './together.js';

/** Each read with what was there when it began. */
function log() {
  const reads: { readonly after: bigint; readonly seen: number }[] = [];
  let length = 0;
  const together = new Together(async ({ after }) => {
    const read = { after, seen: length };
    reads.push(read);
    await Promise.resolve();
    return read;
  });
  return { together, reads, append: () => (length += 1) };
}

describe('followers who are woken at the same moment', () => {
  it('read once what they all want', async () => {
    const { together, reads } = log();
    const wanted = { after: 7n, categories: ['case', 'concern'], limit: 500 };
    const pages = await Promise.all([
      together.read(wanted),
      together.read({ ...wanted, categories: ['concern', 'case'] }),
      Promise.resolve().then(() => together.read(wanted)),
    ]);
    expect(reads).toHaveLength(1);
    expect(new Set(pages).size).toBe(1);
  });

  it('read each for themselves from another place, of other categories, or another number', async () => {
    const { together, reads } = log();
    const wanted = { after: 7n, categories: ['case'], limit: 500 };
    const others = [{ after: 8n }, { categories: ['concern'] }, { categories: undefined }, { limit: 100 }];
    await Promise.all([together.read(wanted), ...others.map((other) => together.read({ ...wanted, ...other }))]);
    expect(reads).toHaveLength(5);
  });

  it('get no page that was begun before they asked: what woke them is in it', async () => {
    const { together, reads, append } = log();
    const first = together.read({ after: 0n });
    append();
    expect((await first).seen).toBe(1);
    const second = together.read({ after: 0n });
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        append();
        resolve();
      });
    });
    expect((await together.read({ after: 0n })).seen).toBe(2);
    expect((await second).seen).toBe(1);
    expect(reads).toHaveLength(3);
  });

  it('are told alike when the read fails, and the next one is another', async () => {
    let reads = 0;
    const together = new Together(async () => {
      reads += 1;
      if (reads === 1) throw new Error('no connection');
      return reads;
    });
    const both = [together.read({ after: 0n }), together.read({ after: 0n })];
    expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await together.read({ after: 0n })).toBe(2);
  });
});
