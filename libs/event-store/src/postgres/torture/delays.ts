import type { Batch, Hold } from './ledger.js';

/** When one reader was given what, in the milliseconds of the process. */
export interface Deliveries {
  readonly name: string;
  readonly marks: readonly number[];
  readonly times: readonly number[];
}

/** In milliseconds, with the time left out in which somebody held a transaction open or the server was down. */
export interface Delays {
  readonly reader: string;
  /** From an event's acknowledgement to its delivery, of all events: also of those that waited behind others. */
  readonly median: number;
  readonly p99: number;
  /** The longest that the reader was given nothing while an acknowledged event waited for it. */
  readonly longestStall: number;
}

/** Overlapping times become one, in order. */
function united(holds: readonly Hold[]): Hold[] {
  const result: Hold[] = [];
  for (const { from, to } of [...holds].sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

function heldBetween(holds: readonly Hold[], from: number, to: number): number {
  let [low, high] = [0, holds.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((holds[middle]?.to ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  let held = 0;
  for (let index = low; index < holds.length; index += 1) {
    const hold = holds[index];
    if (!hold || hold.from >= to) break;
    held += Math.min(hold.to, to) - Math.max(hold.from, from);
  }
  return held;
}

export function delaysOf(deliveries: Deliveries, batches: readonly Batch[], holds: readonly Hold[]): Delays {
  const held = united(holds);
  const delays: number[] = [];
  let longestStall = 0;
  let before = 0;
  for (const [index, mark] of deliveries.marks.entries()) {
    const batch = batches[mark];
    const at = deliveries.times[index] ?? before;
    if (batch?.fate === 'acknowledged' && at > batch.at) {
      delays.push(at - batch.at - heldBetween(held, batch.at, at));
      const since = Math.max(batch.at, before);
      longestStall = Math.max(longestStall, at - since - heldBetween(held, since, at));
    } else if (batch?.fate === 'acknowledged') delays.push(0);
    before = at;
  }
  const sorted = Float64Array.from(delays).sort();
  const share = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? 0;
  return { reader: deliveries.name, median: share(0.5), p99: share(0.99), longestStall };
}
