import { setTimeout as delay } from 'node:timers/promises';
import type { FaultProxy, Random } from '@waymark/testing';
import pg from 'pg';
import { isBroken } from '../errors.js';
import type { ServerUnderTest } from '../server-under-test.js';
import { trying } from './connect.js';
import type { Ledger } from './ledger.js';

/** Kills a backend of the log's roles now and then. */
export async function killBackends(
  adminUrl: string,
  roles: readonly string[],
  ledger: Ledger,
  random: Random,
  running: () => boolean,
): Promise<void> {
  while (running()) {
    await delay(30 + random.upTo(150));
    const killed = await trying(adminUrl, (admin) =>
      admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where usename = any ($1) and datname = current_database() order by hashint4(pid # $2) limit 1`,
        [roles, random.upTo(1_000_000)],
      ),
    );
    if (killed?.rowCount) ledger.inject('backends killed');
  }
}

/** Cuts, holds and delays what passes the proxy. */
export async function disturb(
  proxy: FaultProxy,
  ledger: Ledger,
  random: Random,
  running: () => boolean,
): Promise<void> {
  while (running()) {
    await delay(50 + random.upTo(250));
    switch (random.oneOf(['cut', 'cut in an answer', 'lose answers', 'delay', 'black hole', 'refuse', 'forget'])) {
      case 'cut':
        if (proxy.cut() > 0) ledger.inject('connections cut');
        break;
      case 'forget':
        if (proxy.forget() > 0) ledger.inject('connections left half-open');
        break;
      case 'cut in an answer':
        proxy.cutAnswersAfter(random.upTo(600));
        ledger.inject('answers cut in their middle');
        break;
      case 'lose answers':
        proxy.holdAnswers();
        await delay(random.upTo(60));
        proxy.cut();
        ledger.inject('answers held back and lost');
        break;
      case 'delay':
        proxy.delay(1 + random.upTo(10));
        await delay(100);
        ledger.inject('slow lines');
        break;
      case 'black hole':
        proxy.blackHole();
        await delay(random.upTo(150));
        ledger.inject('black holes');
        break;
      case 'refuse':
        proxy.refuse();
        await delay(random.upTo(100));
        ledger.inject('connections refused for a while');
        break;
    }
    await proxy.heal();
  }
}

/** Crashes the server each time that a share of the events is there. */
export async function crashAt(
  shares: readonly number[],
  server: ServerUnderTest,
  ledger: Ledger,
  done: () => number,
  running: () => boolean,
): Promise<void> {
  for (const share of shares) {
    while (running() && done() < share) await delay(20);
    if (!running()) return;
    const release = ledger.hold();
    await server.crash();
    await server.start();
    release();
    ledger.inject('crashes of the server');
  }
}

/**
 * Keeps a write transaction open in each of these databases, all the time. Resolves when all are there to what ends them.
 * A crash of the server ends them as well: then they come back at once.
 */
export async function strangers(urls: readonly string[], ledger: Ledger): Promise<() => Promise<void>> {
  const staying = urls.map((url) => stay(url, ledger));
  await Promise.all(staying.map(({ there }) => there));
  return async () => void (await Promise.all(staying.map(({ leave }) => leave())));
}

function stay(url: string, ledger: Ledger) {
  let client: pg.Client | undefined;
  let left = false;
  let arrived = (): void => undefined;
  const there = new Promise<void>((resolve) => (arrived = resolve));
  const staying = (async () => {
    for (; !left; await delay(50)) {
      client = new pg.Client({ connectionString: url });
      client.on('error', () => undefined);
      const gone = new Promise((resolve) => client?.once('end', resolve));
      try {
        await client.connect();
        await client.query('create table if not exists public.strange (n integer)');
        await client.query('begin');
        await client.query('insert into public.strange values (1)');
      } catch (error) {
        if (!isBroken(error)) throw error;
        continue;
      }
      ledger.inject('write transactions of strangers left open');
      arrived();
      await gone;
    }
  })();
  const leave = async (): Promise<void> => {
    left = true;
    await client?.end();
    await staying;
  };
  return { there: Promise.race([there, staying]), leave };
}
