import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Type } from '@sinclair/typebox';
import pg from 'pg';
import { decide, platform, type Principal } from '@waymark/access';
import { declareEvents, sealedFor } from '@waymark/event-sourcing';
import { createEventSealer, createKeyFile, createKeyRing, dataKeysMigration, openKeyFile } from '@waymark/privacy';
import type { BenchServer } from '../bench-server.js';
import { timesOf } from '../measure.js';
import type { Result } from '../report.js';

const caller: Principal = { kind: 'staff', id: randomUUID(), roles: ['officer'], unit: 'support_desk' };
const declaration = {
  events: declareEvents({
    Written: {
      version: 1,
      data: { first: Type.String(), second: Type.String() },
      sealed: { first: sealedFor('client', 'narrative'), second: sealedFor('client', 'matter_summary') },
    },
  }),
};
const data = { first: 'Measured, not read. '.repeat(20), second: 'harassment' };

/** What a command spends on the decision whether its route is open to the caller, and on sealing an event of two fields. */
export async function checkAndSeal(server: BenchServer, samples: number): Promise<readonly Result[]> {
  const dir = await mkdtemp(path.join(tmpdir(), 'waymark-bench-keys-'));
  const pool = new pg.Pool({ connectionString: (await server.freshDatabase()).url });
  try {
    await pool.query(dataKeysMigration);
    await createKeyFile({ path: path.join(dir, 'key') });
    const provider = await openKeyFile({ path: path.join(dir, 'key') });
    const sealer = createEventSealer({
      declaration,
      keyRing: createKeyRing({ context: 'bench', database: pool, provider }),
    });
    const subjects = { client: randomUUID() };
    const seal = () => sealer.seal({ eventId: randomUUID(), type: 'Written', version: 1, data, subjects });
    const sealNewPerson = () =>
      sealer.seal({ eventId: randomUUID(), type: 'Written', version: 1, data, subjects: { client: randomUUID() } });
    await seal();
    return [
      ...(await timed('policy decision', samples, async () => decide(caller, 'RegisterContact', platform))),
      ...(await timed('sealing an event, key known', samples, seal)),
      ...(await timed('sealing an event, key made', samples, sealNewPerson)),
    ];
  } finally {
    await pool.end();
    await rm(dir, { recursive: true, force: true });
  }
}

async function timed(name: string, samples: number, work: () => Promise<unknown>): Promise<readonly Result[]> {
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const begun = performance.now();
    await work();
    times.push(performance.now() - begun);
  }
  return [timesOf({ name, system: 'waymark', logSize: 0 }, times, 0.5)];
}
