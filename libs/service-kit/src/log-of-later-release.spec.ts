import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Type } from '@sinclair/typebox';
import { defineMessage } from '@waymark/contracts';
import { eventually } from '@waymark/testing';
import pg from 'pg';
import { createLog } from './log.js';
import type { ServiceDefinition } from './service-definition.js';
import { type RunningService, startService } from './start-service.js';
import { tallyService } from './tally.fixture.js';
import { prepareGround, type TallyGround } from './tally-ground.fixture.js';

const numberAdded = defineMessage({
  type: 'tally.number-added.v1',
  title: 'A number was added',
  summary: 'A number was added to a tally.',
  key: 'tally',
  schema: Type.Object({ by: Type.Integer() }, { additionalProperties: false }),
  examples: [{ by: 1 }],
});

const shown: string[] = [];
const definition: ServiceDefinition = {
  ...tallyService,
  projections: [
    {
      name: 'additions',
      version: 1,
      tables: '',
      categories: ['tally'],
      apply: async ({ stream }) => void shown.push(stream),
    },
  ],
  publishes: [numberAdded],
  publish: ({ stream }) => ({ type: numberAdded.type, subject: stream, data: { by: 1 } }),
};

let ground: TallyGround;
let client: pg.Client;
let service: RunningService;
beforeAll(async () => {
  ground = await prepareGround();
  client = new pg.Client({ connectionString: ground.databaseUrl });
  await client.connect();
  const environment = { ...ground.environment, PORT: await ground.freePort() };
  service = await startService(definition, { environment, log: createLog('tally', 'silent') });
});
afterAll(async () => {
  await service?.stop();
  await client?.end();
  await ground?.close();
});

async function appended(id: string, schemaVersion: number): Promise<bigint> {
  const metadata = {
    actor: { kind: 'staff', id: 'amina' },
    correlationId: randomUUID(),
    causationId: randomUUID(),
    occurredAt: '2026-03-02T08:00:00.000Z',
  } as const;
  const event = { id: randomUUID(), type: 'Added', schemaVersion, data: { by: 1 }, metadata };
  return (await ground.store.append(`tally-${id}`, 'any', [event])).position;
}

const relayed = async (): Promise<bigint> => {
  const { rows } = await client.query<{ position: string }>('SELECT position FROM relay_checkpoint');
  return BigInt(rows[0]?.position ?? 0);
};
const total = async (id: string) => {
  const answer = await fetch(`${service.url}/v1/tallies/${id}`);
  return { status: answer.status, body: await answer.json() };
};

describe('a service whose log holds an event of a later release', () => {
  it('shows and tells what lies before it, stops there and says so, and answers for what it can read', async () => {
    const [known, later] = [randomUUID(), randomUUID()];
    const before = await appended(known, 3);
    await eventually(async () => expect(await relayed()).toBe(before));
    const unknown = await appended(later, 4);
    await appended(known, 3);
    await eventually(async () => {
      expect(await service.report()).toMatchObject({
        views: 'degraded: additions has stopped',
        relay: `ok, but tally stopped at position ${unknown}, which it cannot publish`,
      });
      expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(/relay_failures.* [1-9]/);
    });
    expect(shown).toEqual([`tally-${known}`]);
    expect(await relayed()).toBe(before);
    expect(before).toBeLessThan(unknown);
    expect(await total(known)).toEqual({ status: 200, body: { total: 2 } });
    expect(await total(later)).toMatchObject({ status: 500, body: { code: 'internal_error' } });
  });
});
