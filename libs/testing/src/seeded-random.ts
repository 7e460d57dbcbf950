/** Numbers that follow from a seed. */
export interface Random {
  chance(probability: number): boolean;
  /** A whole number below `count`. */
  upTo(count: number): number;
  oneOf<Item>(items: readonly [Item, ...Item[]]): Item;
}

/** mulberry32: small, and the same numbers for the same seed. */
export function randomFrom(start: number): Random {
  let state = start | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const upTo = (count: number): number => Math.floor(next() * count);
  return {
    chance: (probability) => next() < probability,
    upTo,
    oneOf: (items) => items[upTo(items.length)] ?? items[0],
  };
}
