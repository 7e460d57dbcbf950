import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { eventually } from '@waymark/testing';
import { type RunningService, startService } from './start-service.js';
import { gate, tallyService } from './tally.fixture.js';
import { prepareGround, type TallyGround } from './tally-ground.fixture.js';

interface Asked {
  /** The address in another spelling. */
  readonly path?: string;
  readonly key?: string;
  readonly by?: number;
  readonly id?: string;
  readonly instance?: 0 | 1;
}

describe('the Idempotency-Key', () => {
  let ground: TallyGround;
  let client: pg.Client;
  let services: readonly RunningService[];
  beforeAll(async () => {
    ground = await prepareGround();
    client = new pg.Client({ connectionString: ground.databaseUrl });
    await client.connect();
    const start = async () =>
      startService(tallyService, { environment: { ...ground.environment, PORT: await ground.freePort() } });
    services = [await start(), await start()];
  });
  afterAll(async () => {
    for (const service of services ?? []) await service.stop();
    await client?.end();
    await ground?.close();
  });
  afterEach(() => {
    gate.pass = () => Promise.resolve();
  });

  const add = async ({ key = randomUUID(), by = 5, id = randomUUID(), instance = 0, path }: Asked) => {
    const response = await fetch(`${services[instance]?.url}${path ?? `/v1/tallies/${id}/additions`}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ by }),
    });
    const body = (await response.json()) as {
      readonly total: number;
      readonly attempt: number;
      readonly code: string;
      readonly errors?: object;
    };
    return { status: response.status, etag: response.headers.get('etag'), body };
  };
  const eventsOf = async (id: string): Promise<readonly string[]> => {
    const types: string[] = [];
    for await (const { type } of ground.store.readStream(`tally-${id}`)) types.push(type);
    return types;
  };
  const loseAnswers = () => client.query('DELETE FROM idempotency');
  const reused = { status: 422, body: { code: 'idempotency_key_reused' } };
  /** Holds up every request at the gate; the function it answers lets them pass. */
  const holdUp = (): (() => void) => {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    gate.pass = () => opened;
    return open;
  };

  it('gives a retry the first answer to the letter, from either instance, whatever has happened since', async () => {
    const [id, key] = [randomUUID(), randomUUID()];
    const first = await add({ id, key });
    await add({ id });
    expect(await add({ id, key })).toEqual(first);
    expect(await add({ id, key, instance: 1 })).toEqual(first);
    expect(first).toMatchObject({ status: 201, etag: '"0"', body: { total: 5 } });
  });

  it('refuses another body', async () => {
    const [id, key] = [randomUUID(), randomUUID()];
    await add({ id, key });
    expect(await add({ id, key, by: 6 })).toMatchObject(reused);
    expect(await eventsOf(id)).toEqual(['Added']);
  });

  it('belongs to one route with its ids: elsewhere it is another', async () => {
    const key = randomUUID();
    const answers = [await add({ key }), await add({ key, by: 7 })];
    expect(answers.map(({ body }) => body.total)).toEqual([5, 7]);
  });

  const spellings: readonly (readonly [string, (id: string) => string])[] = [
    ['the id in capitals', (id) => `/v1/tallies/${id.toUpperCase()}/additions`],
    ['the id escaped', (id) => `/v1/tallies/%${id.charCodeAt(0).toString(16)}${id.slice(1)}/additions`],
    ['the path escaped', (id) => `/%761/tallies/${id}/%61dditions`],
    ['a question mark', (id) => `/v1/tallies/${id}/additions?`],
  ];

  it.each(spellings)('is that of the same command with %s', async (_what, pathOf) => {
    const [id, key] = [randomUUID(), randomUUID()];
    const first = await add({ id, key });
    expect(first).toMatchObject({ status: 201, body: { total: 5 } });
    expect(await add({ key, path: pathOf(id) })).toEqual(first);
    await loseAnswers();
    expect(await add({ key, path: pathOf(id), instance: 1 })).toMatchObject({ status: 201, body: { total: 5 } });
    expect(await eventsOf(id)).toEqual(['Added']);
  });

  it('goes with no query: a command with one is refused by the name of its fields, and nothing is decided', async () => {
    const [id, key] = [randomUUID(), randomUUID()];
    for (const query of ['?side', '?side=left'])
      expect(await add({ key, path: `/v1/tallies/${id}/additions${query}` })).toMatchObject({
        status: 422,
        body: { code: 'invalid_input', errors: [{ field: 'side', rule: 'whitelistValidation' }] },
      });
    expect(await add({ id, key })).toMatchObject({ status: 201, body: { total: 5 } });
  });

  it('has one effect although the answer was lost', async () => {
    const [id, key] = [randomUUID(), randomUUID()];
    await add({ id, key });
    await loseAnswers();
    expect(await add({ id, key, instance: 1 })).toMatchObject({ status: 201, body: { total: 5 } });
    expect(await eventsOf(id)).toEqual(['Added']);
  });

  it('gives a refusal again as it was, kept or lost', async () => {
    const [id, key] = [randomUUID(), randomUUID()];
    await add({ id, by: 999 });
    const refused = await add({ id, key });
    expect(refused).toMatchObject({ status: 409, body: { code: 'limit_reached' } });
    expect(await add({ id, key })).toEqual(refused);
    await loseAnswers();
    expect(await add({ id, key })).toMatchObject({ status: 409, body: { code: 'limit_reached' } });
    expect(await eventsOf(id)).toEqual(['Added', 'AdditionRefused']);
  });

  it('may be used again after bad input: nothing was decided', async () => {
    const [id, key] = [randomUUID(), randomUUID()];
    expect(await add({ id, key, by: 0 })).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
    expect(await add({ id, key, by: 1 })).toMatchObject({ status: 201, body: { total: 1 } });
  });

  it('lets retries that overtake the first attempt wait for its answer', async () => {
    const [id, key] = [randomUUID(), randomUUID()];
    const before = gate.calls;
    const open = holdUp();
    const attempts = Array.from({ length: 5 }, () => add({ id, key }));
    const other = add({ id, key, by: 6 });
    open();
    const answers = await Promise.all(attempts);
    const statuses = [...answers, await other].map(({ status }) => status).toSorted();
    expect(statuses).toEqual([201, 201, 201, 201, 201, 422]);
    expect(gate.calls).toBe(before + 1);
    expect(await eventsOf(id)).toEqual(['Added']);
  });

  it('has one effect when it comes to two instances at once', async () => {
    for (let time = 0; time < 5; time += 1) {
      const [id, key] = [randomUUID(), randomUUID()];
      const answers = await Promise.all([add({ id, key }), add({ id, key, instance: 1 })]);
      expect(answers.map(({ status, body }) => [status, body.total])).toEqual([
        [201, 5],
        [201, 5],
      ]);
      expect(await eventsOf(id)).toEqual(['Added']);
    }
  });

  it('never takes two bodies for one when they come to two instances at once', async () => {
    for (let time = 0; time < 5; time += 1) {
      const [id, key] = [randomUUID(), randomUUID()];
      const answers = await Promise.all([add({ id, key }), add({ id, key, by: 6, instance: 1 })]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 422]);
      expect(await eventsOf(id)).toEqual(['Added']);
    }
  });

  it('is forgotten after thirty days, and then has no second effect either', async () => {
    await loseAnswers();
    const [old, young] = [
      { id: randomUUID(), key: randomUUID() },
      { id: randomUUID(), key: randomUUID() },
    ];
    await add(old);
    await client.query(`UPDATE idempotency SET answered_at = now() - interval '30 days 1 minute'`);
    const kept = await add(young);
    await client.query(
      `UPDATE idempotency SET answered_at = now() - interval '29 days' WHERE answered_at > now() - interval '1 day'`,
    );
    const third = await startService(tallyService, {
      environment: { ...ground.environment, PORT: await ground.freePort() },
    });
    try {
      await eventually(async () => {
        const { rows } = await client.query('SELECT FROM idempotency');
        expect(rows).toHaveLength(1);
      });
    } finally {
      await third.stop();
    }
    expect(await add(young)).toEqual(kept);
    expect(await add(old)).toMatchObject({ status: 201, body: { total: 5 } });
    expect(await eventsOf(old.id)).toEqual(['Added']);
  });

  it('leaves nothing in its table that can be read', async () => {
    const key = randomUUID();
    await add({ key, by: 1777 });
    const { rows } = await client.query<{ row: string }>('SELECT t::text AS row FROM idempotency AS t');
    const hex = (text: string) => Buffer.from(text).toString('hex');
    for (const { row } of rows)
      for (const text of [key, hex(key), hex('1777'), hex('total')]) expect(row).not.toContain(text);
  });
});
