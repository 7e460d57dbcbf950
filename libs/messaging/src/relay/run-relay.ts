import type { Page } from '@waymark/event-store';
import type pg from 'pg';
import { errorFields } from '../log.js';
import { BackOff, Deferred, pause, repeatedly } from '../waiting.js';
import { makeUpForChangedHistory, watchHistory } from './changed-history.js';
import { Conveyor } from './conveyor.js';
import { leadByWindows } from './lead-by-windows.js';
import { Deposed, Leadership } from './leadership.js';
import { makeUpForLoss, watchTopic } from './lost-topic.js';
import type { RelayOptions } from './relay-options.js';
import { CannotTranslate } from './said.js';

export type { RelayOptions, WindowOptions } from './relay-options.js';
export type { Hidden, Hiding } from './hidden.js';
export { withdrawnType, type Payload, type Translation } from './compose.js';

export interface RelayLag {
  /** Events of its categories not yet looked at, counted up to 1,000. */
  readonly events: number;
  /** Age of the oldest of them in seconds; 0 when there is none. Where messages are held back on purpose: beyond what they may wait. */
  readonly seconds: number;
  /** Events behind it of which something is held back for want of a crowd; absent where nothing ever is. */
  readonly held?: number;
}

export interface Relay {
  /** Resolves once it leads or knows that another one does. */
  readonly ready: Promise<void>;
  lag(): Promise<RelayLag>;
  /** The position of an event that cannot be translated: nothing of it nor what follows is published. Undefined when it goes on. */
  stoppedAt(): Promise<bigint | undefined>;
  stop(): Promise<void>;
}

/**
 * Publishes what a service's events say to others, in order, at least once. Of several relays of a service one leads; a deposed
 * one can repeat messages but not move the checkpoint. The same event always gives the same message id and sequence.
 */
export function runRelay(options: RelayOptions): Relay {
  const { service, store, categories, pool, log } = options;
  const confirmEveryMs = options.confirmEveryMs ?? 500;
  const stopping = new AbortController();
  const ready = new Deferred();

  const backOff = new BackOff(confirmEveryMs, 10_000);

  let stands: { readonly at: bigint; readonly until: bigint } | undefined;
  const standAt = (failed: CannotTranslate | undefined, { reached }: Leadership): void => {
    if (failed && failed.position !== stands?.at)
      log.error({ service, position: failed.position.toString(), ...errorFields(failed.cause) }, 'relay stands still');
    // It may lie behind: of a message that was held back.
    stands = failed && { at: failed.position, until: failed.position > reached ? failed.position : reached + 1n };
  };

  const lead = async (leadership: Leadership, ended: AbortController): Promise<void> => {
    const end = (): void => ended.abort();
    stopping.signal.addEventListener('abort', end);
    const confirming = repeatedly(confirmEveryMs, ended.signal, () => leadership.confirm().catch(end));
    const watching = [watchTopic(options, leadership, ended), watchHistory(options, leadership, ended)];
    try {
      if (options.window) {
        const hooks = {
          onNoted: () => backOff.reset(),
          onGathered: (failed: CannotTranslate | undefined) => standAt(failed, leadership),
        };
        await leadByWindows({ ...options, window: options.window }, leadership, ended.signal, hooks);
        return;
      }
      const pages = store.subscribe({
        after: leadership.position,
        categories,
        signal: ended.signal,
        batchSize: options.batchSize ?? 500,
      });
      const conveyor = new Conveyor(options, leadership, { onNoted: () => backOff.reset(), onFailed: end });
      for await (const page of readAhead(pages, end)) {
        if (ended.signal.aborted) break;
        await conveyor.take(page);
      }
      await conveyor.empty();
    } catch (error) {
      if (error instanceof CannotTranslate) standAt(error, leadership);
      throw error;
    } finally {
      stopping.signal.removeEventListener('abort', end);
      ended.abort();
      await Promise.all([confirming, ...watching]);
    }
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const ended = new AbortController();
      try {
        const leadership = await Leadership.seek(pool, service, () => ended.abort());
        ready.resolve();
        if (leadership) {
          log.info({ service, position: leadership.position.toString() }, 'relay leads');
          try {
            const startsOver =
              (await makeUpForChangedHistory(options, leadership)) || (await makeUpForLoss(options, leadership));
            if (!startsOver) await lead(leadership, ended);
          } finally {
            leadership.end();
          }
        }
      } catch (error) {
        if (error instanceof Deposed) log.warn({ service }, 'relay was deposed');
        // It says itself when it stands still.
        else if (!(error instanceof CannotTranslate))
          log.error({ service, ...errorFields(error) }, 'relay failed, trying again');
        options.onMeasure?.('relay_failures', 1, { service });
        await pause(backOff.next(), stopping.signal);
      }
      if (!stopping.signal.aborted) await pause(confirmEveryMs, stopping.signal);
    }
    ready.resolve();
  };

  const running = run();
  return {
    ready: ready.promise,
    lag: () => measureLag(options),
    stoppedAt: async () => {
      // Another one may have led on since.
      if (stands && (await checkpointOf(options)) >= stands.until) stands = undefined;
      return stands?.at;
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

/** Reads the next page while one is being handled. `end` has to end the pages: one may be waited for when nobody wants it any more. */
async function* readAhead(pages: AsyncIterable<Page>, end: () => void): AsyncGenerator<Page, void, undefined> {
  const reading = pages[Symbol.asyncIterator]();
  let next = reading.next();
  try {
    for (let page = await next; !page.done; page = await next) {
      next = reading.next();
      // Thrown by whoever waits for it; until somebody does, it is nobody's failure.
      next.catch(() => undefined);
      yield page.value;
    }
  } finally {
    end();
    await next.catch(() => undefined);
  }
}

async function checkpointOf({ pool, service }: RelayOptions): Promise<bigint> {
  const { rows } = await pool.query<{ position: string }>('select position from relay_checkpoint where service = $1', [
    service,
  ]);
  return BigInt(rows[0]?.position ?? 0);
}

async function measureLag(options: RelayOptions): Promise<RelayLag> {
  const { pool, service, store, categories, window } = options;
  const after = await checkpointOf(options);
  const { events } = await store.readAll({ after, categories, limit: 1_000 });
  const oldest = events[0];
  const held = window?.hiding && (await heldEvents(pool, service));
  return {
    ...(held === undefined ? {} : { held }),
    events: events.length,
    seconds: oldest ? Math.max(0, (Date.now() - (window?.latestMs ?? 0) - Date.parse(oldest.recordedAt)) / 1_000) : 0,
  };
}

async function heldEvents(pool: pg.Pool, service: string): Promise<number> {
  const { rows } = await pool.query<{ held: number }>(
    'select count(distinct (stream, revision))::integer as held from relay_held where service = $1 and went_with is null',
    [service],
  );
  return rows[0]?.held ?? 0;
}
