import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@waymark/testing';
import type { Platform } from '../platform/platform.js';
import type { Fault, Inflicted } from './fault.js';

export interface Inflicting {
  readonly platform: Platform;
  readonly faults: Iterator<Fault, never>;
  readonly random: Random;
  /** Longest pause between two faults. */
  readonly mostPauseMs: number;
  readonly timeline: Inflicted[];
  /** Seconds since the load began. */
  readonly now: () => number;
  /** Ends it: a fault that lasts is lifted at once. */
  readonly signal: AbortSignal;
}

/** One fault after the other until the signal. Each is lifted before the next. */
export async function inflict(inflicting: Inflicting): Promise<void> {
  const { platform, faults, random, mostPauseMs, timeline, now, signal } = inflicting;
  const wait = (milliseconds: number): Promise<unknown> =>
    pause(milliseconds, undefined, { signal }).catch(() => undefined);
  for (;;) {
    await wait(random.upTo(mostPauseMs));
    if (signal.aborted) return;
    const { value: fault } = faults.next();
    const from = now();
    if (await strike(fault, platform, wait, signal)) timeline.push({ from, to: now(), fault });
  }
}

/** False when there was nothing to strike just then. */
async function strike(
  fault: Fault,
  { servers, supervisor, leaderOf }: Platform,
  wait: (milliseconds: number) => Promise<unknown>,
  signal: AbortSignal,
): Promise<boolean> {
  switch (fault.kind) {
    case 'kill a service':
      return supervisor.kill(fault.instance);
    case "kill a relay's leader":
      return supervisor.kill(await leaderOf(fault.service));
    case "freeze a relay's leader":
      return supervisor.freeze(await leaderOf(fault.service), fault.forMs, signal);
    case 'kill PostgreSQL':
      await servers.killPostgres();
      await wait(fault.forMs);
      await servers.startPostgres();
      return true;
    case 'kill the broker':
    case 'wipe the broker':
      await (fault.kind === 'wipe the broker' ? servers.wipeBroker() : servers.killBroker());
      await wait(fault.forMs);
      await servers.startBroker();
      return true;
    case 'kill two brokers':
      await servers.killBroker(2);
      await wait(fault.forMs);
      await servers.startBroker();
      return true;
    case 'reset':
      return servers.ways[fault.way].cut() > 0;
    case 'half-open':
      return servers.ways[fault.way].forget() > 0;
    case 'reset in an answer':
      servers.ways[fault.way].cutAnswersAfter(fault.afterBytes);
      await wait(1_000);
      break;
    case 'delay':
    case 'slow line':
      servers.ways[fault.way].delay(fault.byMs);
      await wait(fault.forMs);
      break;
    case 'black hole':
      servers.ways[fault.way].blackHole();
      await wait(fault.forMs);
      break;
    case 'lost answers':
      servers.ways[fault.way].holdAnswers();
      await wait(fault.forMs);
      servers.ways[fault.way].cut();
      break;
    case 'refused':
      servers.ways[fault.way].refuse();
      await wait(fault.forMs);
      break;
  }
  await servers.ways[fault.way].heal();
  return true;
}
