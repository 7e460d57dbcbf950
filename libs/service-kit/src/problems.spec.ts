import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asSuperuser, eventually, serverUrl } from '@waymark/testing';
import { createLog } from './log.js';
import { type RunningService, startService } from './start-service.js';
import { tallyService } from './tally.fixture.js';
import { prepareGround, type TallyGround } from './tally-ground.fixture.js';

describe('a refusal', () => {
  let ground: TallyGround;
  let service: RunningService;
  const lines: string[] = [];
  beforeAll(async () => {
    ground = await prepareGround();
    service = await startService(tallyService, {
      environment: { ...ground.environment, PORT: await ground.freePort() },
      log: createLog('tally', 'info', { write: (line) => lines.push(line) }),
    });
  });
  afterAll(async () => {
    await service?.stop();
    await ground?.close();
  });

  const ask = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(`${service.url}/v1/tallies/${path}`, init);
    const { status, headers } = response;
    return { status, headers, body: (await response.json()) as Readonly<Record<string, unknown>> };
  };
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    ask(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const add = (body: unknown, headers?: Readonly<Record<string, string>>) =>
    post(`${randomUUID()}/additions`, body, headers);

  it('is problem details that name themselves, never kept in a cache', async () => {
    const { status, headers, body } = await ask(randomUUID());
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      type: 'urn:waymark:problem:not_found',
      title: 'not found',
      status: 404,
      code: 'not_found',
      detail: expect.any(String),
      instance: expect.stringMatching(/^urn:waymark:request:[0-9a-f-]{36}$/),
    });
  });

  it('of a broken rule has the code of the domain', async () => {
    expect(await add({ by: 2000 })).toMatchObject({ status: 409, body: { code: 'limit_reached' } });
  });

  it('of our own fault tells nothing of our inside; the log names the request', async () => {
    const failed = await post(`${randomUUID()}/failures`, {});
    expect(failed).toMatchObject({ status: 500, body: { code: 'internal_error' } });
    expect(JSON.stringify(failed.body)).not.toContain('jasmine');
    const requestId = String(failed.body.instance).slice('urn:waymark:request:'.length);
    expect(lines.find((line) => line.includes(requestId))).toContain('request failed');
  });

  it('of a database that lets nobody in passes, and the same request has its effect once', async () => {
    const database = new URL(ground.databaseUrl).pathname.slice(1);
    const letIn = (allowed: boolean) =>
      asSuperuser(serverUrl(), async (client) => {
        await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS ${allowed}`);
        const sql = 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1';
        if (!allowed) await client.query(sql, [database]);
      });
    const [tally, key] = [randomUUID(), { 'idempotency-key': randomUUID() }];
    const addOnce = () => post(`${tally}/additions`, { by: 3 }, key);
    await letIn(false);
    for (let times = 0; times < 3; times += 1) {
      const refused = await addOnce();
      expect(refused).toMatchObject({ status: 503, body: { code: expect.stringMatching(/unavailable$/) } });
      expect(refused.headers.get('retry-after')).toBe('2');
    }
    await letIn(true);
    await eventually(async () => expect(await addOnce()).toMatchObject({ status: 201 }));
    expect(await addOnce()).toMatchObject({ status: 201 });
    await eventually(async () => expect(await ask(tally)).toMatchObject({ status: 200, body: { total: 3 } }));
  });

  const bodies: readonly (readonly [string, unknown, readonly (readonly [string, string])[]])[] = [
    ['a field left out', {}, [['by', 'isInt']]],
    ['an unknown field', { by: 1, bye: 2 }, [['bye', 'whitelistValidation']]],
    ['null for a field that may be left out', { by: 1, note: null }, [['note', 'isString']]],
    ['a number as text', { by: '1' }, [['by', 'isInt']]],
    ['a fraction', { by: 1.5 }, [['by', 'isInt']]],
    ['a blank text', { by: 1, note: ' ' }, [['note', 'matches']]],
    ['a NUL', { by: 1, note: 'a\0' }, [['note', 'wholeText']]],
    ['half a surrogate pair', { by: 1, note: 'a\ud83d' }, [['note', 'wholeText']]],
    ['a day that does not exist', { by: 1, at: '2026-02-29T08:00:00Z' }, [['at', 'existingDay']]],
    ['a moment without zone', { by: 1, at: '2026-02-28T08:00:00' }, [['at', 'matches']]],
    ['a year before 1900', { by: 1, at: '0000-01-01T00:00:00Z' }, [['at', 'matches']]],
    ['a wrong code', { by: 1, side: 'middle' }, [['side', 'isIn']]],
    ['a field within a field', { by: 1, origin: { place: 'too long' } }, [['origin.place', 'maxLength']]],
    ['an unknown field within a field', { by: 1, origin: { place: 'a', x: 1 } }, [['origin.x', 'whitelistValidation']]],
    ['a list for an object', { by: 1, origin: [{ place: 'a' }] }, [['origin', 'isObject']]],
    [
      'several at once',
      { by: 0, note: '', side: 1 },
      [
        ['by', 'min'],
        ['note', 'minLength'],
        ['side', 'isIn'],
      ],
    ],
    ['a list', [], [['', 'isObject']]],
    ['null', null, [['', 'isObject']]],
  ];

  it.each(bodies)('names field and rule: %s', async (_what, body, broken) => {
    const refused = await add(body);
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
    const named = (refused.body.errors as readonly { field: string; rule: string }[]).map(
      ({ field, rule }) => `${field} ${rule}`,
    );
    expect(named).toEqual(expect.arrayContaining(broken.map(([field, rule]) => `${field} ${rule}`)));
  });

  it('names what is wrong with a query as well', async () => {
    expect(await ask(`${randomUUID()}?side=middle`)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'side', rule: 'isIn' }] },
    });
    expect(await ask(`${randomUUID()}?other=1`)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'other', rule: 'whitelistValidation' }] },
    });
  });

  it('does not come for a text that is whole, whatever its script', async () => {
    expect(await add({ by: 1, note: '\u202bمرحبا\u202c 🕊️\r\n\t"\\' })).toMatchObject({ status: 201 });
  });

  it('of a body without fields refuses every field', async () => {
    expect(await post(`${randomUUID()}/failures`, { a: 1 })).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'a', rule: 'whitelistValidation' }] },
    });
  });

  it('of bytes that are no UTF-8 keeps them from being replaced', async () => {
    const body = Buffer.concat([Buffer.from('{"by":1,"note":"'), Buffer.from([0xf0, 0x9f, 0x98]), Buffer.from('"}')]);
    const refused = await ask(`${randomUUID()}/additions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body,
    });
    expect(refused).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
  });

  it('stands in the log without the value that a database quotes', async () => {
    const log = createLog('tally', 'error', { write: (line) => lines.push(line) });
    log.error({ err: new Error('invalid input syntax for type uuid: "jasmine"') }, 'quoted');
    expect(lines.at(-1)).toContain('invalid input syntax for type uuid');
    expect(lines.at(-1)).not.toContain('jasmine');
  });
});
