import { Connections, type ConnectionOptions } from './connections.js';
import { toPageState, type PageRow } from './rows.js';

/** No service has it, so that only a role that may read everything is not refused. */
const nobodysCategory = 'waymark_nobody';

/**
 * The position up to which everything that was committed before the call lies; 0n for an empty log. Positions up to it may still
 * be filled by appends that are open now: read with `readLog`, which waits for them.
 * Rejects with `category_forbidden` when the role may not read the whole log, and with `unavailable`.
 */
export async function readLogHead(options: ConnectionOptions): Promise<bigint> {
  const connections = new Connections({ ...options, poolSize: 1 }, () => undefined);
  try {
    const [end] = await connections.query<PageRow>({
      text: 'select "position", event_id, data from waymark.read_all(0, 1, $1, 0, null, null)',
      values: [[nobodysCategory]],
    });
    if (!end) throw new Error('a page of the log came without its end');
    const { blocked, fence } = toPageState(end);
    return BigInt(blocked && fence !== null ? fence : end.position);
  } finally {
    await connections.end();
  }
}
