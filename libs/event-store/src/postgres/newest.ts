import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreError } from '../port.js';
import type { Connections } from './connections.js';
import { type PageState, asText } from './rows.js';

const looksAtOnce = 1_000;
/** Whoever asks has a request in hand. */
const longestMs = 10_000;
const longestRest = 50;

interface Row {
  readonly position: string;
  /** Of the last row only, which is no event. */
  readonly state: string | null;
}

/** The port's `newest`. Looks with a horizon of its own: what others know to be settled may be older than the question. */
export async function newestOf(
  connections: Pick<Connections, 'query'>,
  after: bigint,
  categories: readonly string[] | null,
  patienceMs = longestMs,
): Promise<bigint> {
  const deadline = performance.now() + patienceMs;
  let [from, newest] = [after, after];
  let upTo: bigint | undefined;
  let horizon: Pick<PageState, 'fence' | 'waitingFor'> = { fence: null, waitingFor: [] };
  for (let rest = 1; ; rest = Math.min(rest * 2, longestRest)) {
    const rows = await connections.query<Row>({
      name: 'waymark-newest',
      text: `select "position", case when event_id is null then data end as state
        from waymark.read_all($1, $2, $3, 0, $4, $5)`,
      values: [String(from), looksAtOnce, categories, horizon.fence, horizon.waitingFor],
      types: asText,
    });
    const [end, last] = [rows.at(-1), rows.at(-2)];
    if (!end?.state) throw new EventStoreError('unavailable', 'a page of the log came without its end');
    if (last) newest = BigInt(last.position);
    const state: PageState = JSON.parse(end.state);
    from = BigInt(end.position);
    if (state.blocked && state.fence !== null) upTo ??= BigInt(state.fence);
    const isFull = rows.length > looksAtOnce;
    if ((!state.blocked && !isFull) || (upTo !== undefined && from >= upTo)) return newest;
    horizon = state;
    if (performance.now() > deadline)
      throw new EventStoreError(
        'unavailable',
        isFull
          ? `the log goes on for longer than can be read in ${patienceMs / 1_000} s after position ${after}`
          : `an append after position ${from} does not end`,
      );
    if (isFull) continue;
    await delay(rest);
  }
}
