import { setTimeout as delay } from 'node:timers/promises';
import { EventStoreError, type EventStore } from '../../port.js';
import { isBroken } from '../errors.js';
import { connected } from './connect.js';
import type { Batch, Ledger } from './ledger.js';
import type { Random } from '@waymark/testing';
import { endPrepared, type PreparedEnd } from './two-phases.js';

export const categories = ['thing', 'other', 'rare'] as const;
const streamsPerCategory = 12;

export const anyStream = (random: Random): string =>
  `${random.chance(0.1) ? 'rare' : random.oneOf(['thing', 'other'])}-${random.upTo(streamsPerCategory)}`;

/** Appends until it is told that it is stored, as a caller would whose answers get lost: with the same ids every time. */
export async function insist(store: EventStore, ledger: Ledger, batch: Batch): Promise<void> {
  const events = ledger.eventsOf(batch);
  for (;;) {
    try {
      const result = await store.append(batch.stream, 'any', events);
      if (result.repeated) ledger.inject('answers lost after the commit');
      return ledger.acknowledge(batch, result);
    } catch (error) {
      if (!(error instanceof EventStoreError) || error.code !== 'unavailable') throw error;
      ledger.inject('appends made again');
      await delay(20);
    }
  }
}

/** Appends one event after the other in an open transaction, and answers the batches with the positions they were given. */
async function appendOneByOne(
  query: (text: string, values: unknown[]) => Promise<{ rows: { position: string }[] }>,
  ledger: Ledger,
  stream: string,
  count: number,
): Promise<(readonly [Batch, { readonly position: bigint }])[]> {
  const done: [Batch, { readonly position: bigint }][] = [];
  for (let left = count; left > 0; left -= 1) {
    const batch = ledger.begin(stream, 1);
    const [event] = ledger.eventsOf(batch);
    if (!event) continue;
    const values = [[event.id], [event.type], [1], [JSON.stringify(event.data)], [JSON.stringify(event.metadata)]];
    const { rows } = await query(`select "position" from waymark.append_events($1, -2, $2, $3, $4, $5, $6)`, [
      stream,
      ...values,
    ]);
    done.push([batch, { position: BigInt(rows[0]?.position ?? 0) }]);
  }
  return done;
}

/** A transaction that stays open for a moment and then commits, rolls back, or loses its connection. */
export async function appendByHand(url: string, ledger: Ledger, random: Random): Promise<void> {
  const release = ledger.hold();
  const end = random.oneOf(['commit', 'rollback', 'lose']);
  const [stream, count, pause] = [anyStream(random), 1 + random.upTo(3), random.upTo(40)];
  await connected(url, async (client) => {
    await client.query('begin');
    const appended = await appendOneByOne((text, values) => client.query(text, values), ledger, stream, count);
    await delay(pause);
    if (end === 'lose') {
      ledger.inject('connections lost in an open append');
      for (const [batch] of appended) batch.fate = 'refused';
      await client.query('select pg_terminate_backend(pg_backend_pid())');
    }
    await client.query(end);
    for (const [batch, result] of appended) {
      if (end === 'commit') ledger.acknowledge(batch, result);
      else batch.fate = 'refused';
    }
    ledger.inject(end === 'commit' ? 'late commits' : 'rollbacks that leave holes');
  }).catch((error: unknown) => {
    // A crash, or the killer, may have been here first: then nobody knows what became of it.
    if (!isBroken(error)) throw error;
  });
  release();
}

/** An append in two phases, left in between for a while. The log stands still behind it, and a crash does not end it. */
export async function appendInTwoPhases(
  insistingly: Parameters<typeof endPrepared>[0],
  ledger: Ledger,
  random: Random,
  id: string,
): Promise<void> {
  const release = ledger.hold();
  const end: PreparedEnd = random.oneOf(['commit prepared', 'rollback prepared']);
  const stream = `${random.oneOf(categories)}-two_phases_${random.upTo(4)}`;
  const pause = 50 + random.upTo(350);
  const appended = await insistingly(async (client) => {
    // After a lost answer the first attempt may have got through.
    const { rows } = await client.query('select from pg_prepared_xacts where gid = $1', [id]);
    if (rows.length > 0) return undefined;
    await client.query('begin');
    const batches = await appendOneByOne((text, values) => client.query(text, values), ledger, stream, 1);
    await client.query(`prepare transaction '${id}'`);
    return batches;
  });
  await delay(pause);
  const ended = await endPrepared(insistingly, id, end);
  for (const [batch, result] of appended ?? []) {
    if (end === 'rollback prepared') batch.fate = 'refused';
    else if (ended) ledger.acknowledge(batch, result);
  }
  ledger.inject(end === 'commit prepared' ? 'two-phase commits left open' : 'two-phase rollbacks left open');
  release();
}
