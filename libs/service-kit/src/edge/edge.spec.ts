import { connect } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningService, startService } from '../start-service.js';
import { tallyService } from '../tally.fixture.js';
import { prepareGround, type TallyGround } from '../tally-ground.fixture.js';

describe('the edge of a service', () => {
  let ground: TallyGround;
  let service: RunningService;
  const start = async (environment: NodeJS.ProcessEnv = {}) =>
    startService(tallyService, {
      environment: { ...ground.environment, PORT: await ground.freePort(), ...environment },
    });
  beforeAll(async () => {
    ground = await prepareGround();
    service = await start({ REQUEST_TIMEOUT_SECONDS: '2' });
  });
  afterAll(async () => {
    await service?.stop();
    await ground?.close();
  });
  const tally = (): string => `/v1/tallies/${randomUUID()}`;
  const ask = (path: string, init: RequestInit = {}, { url } = service) => fetch(`${url}${path}`, init);

  /** What comes back for bytes that no client library would send. */
  const raw = (...parts: readonly string[]): Promise<{ status: number; head: string; body: string }> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      socket.on('error', reject);
      socket.on('close', () => {
        const [head = '', body = ''] = Buffer.concat(chunks).toString().split('\r\n\r\n');
        resolve({ status: Number(head.split(' ')[1]), head, body });
      });
      for (const part of parts) socket.write(part);
    });
  const closing = 'host: a\r\nconnection: close\r\n';

  it('gives every answer headers that keep a browser from making more of it', async () => {
    for (const path of [tally(), '/health/live', '/openapi.json', '/nothing', '/v1/tallies/%zz']) {
      const { headers } = await ask(path);
      expect({ path, ...Object.fromEntries(headers) }).toMatchObject({
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  it('shows the metrics to whoever has the token for them, where there is one, and health to everybody', async () => {
    expect((await ask('/metrics')).status).toBe(200);
    const METRICS_TOKEN = randomUUID();
    const guarded = await start({ METRICS_TOKEN });
    try {
      const metrics = (authorization?: string) =>
        ask('/metrics', authorization === undefined ? {} : { headers: { authorization } }, guarded);
      for (const shown of [undefined, `Bearer ${randomUUID()}`]) {
        const refused = await metrics(shown);
        expect(refused.status).toBe(401);
        expect(await refused.text()).not.toContain('waymark_');
      }
      expect(await (await metrics(`Bearer ${METRICS_TOKEN}`)).text()).toContain('waymark_');
      expect((await ask('/health/live', {}, guarded)).status).toBe(200);
    } finally {
      await guarded.stop();
    }
  });

  it('lets the page for people run its own scripts, and nobody frame it', async () => {
    const page = await ask('/docs');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(await page.text()).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S/);
  });

  it('names nothing of what it is made of', async () => {
    for (const path of [tally(), '/nothing', '/v1/tallies/%zz', '/docs/nothing.js']) {
      const answer = await ask(path);
      const told = `${JSON.stringify([...answer.headers])}${await answer.text()}`;
      expect(told).not.toMatch(/fastify|nest|express|node|FST_|helmet|\bat .*\.js/i);
      expect(answer.headers.has('server') || answer.headers.has('x-powered-by')).toBe(false);
    }
  });

  it('takes the caller’s request id where it is a UUID, and nothing else of theirs', async () => {
    const own = randomUUID();
    const taken = await ask(tally(), { headers: { 'x-request-id': own } });
    expect(taken.headers.get('x-request-id')).toBe(own);
    expect(await taken.json()).toMatchObject({ instance: `urn:waymark:request:${own}` });
    for (const given of ['jasmine', `${own}, ${own}`, own.toUpperCase(), '<script>']) {
      const answer = await ask(tally(), { headers: { 'x-request-id': given } });
      const id = answer.headers.get('x-request-id');
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(id).not.toBe(own);
      expect(await answer.text()).not.toContain(given);
    }
  });

  it('tells a method that an address does not have from an address that does not exist', async () => {
    const wrong = await ask(tally(), { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect(await wrong.json()).toMatchObject({ code: 'method_not_allowed' });
    expect((await ask(`${tally()}/additions`)).headers.get('allow')).toBe('POST');
    expect((await ask('/v1/nothing', { method: 'DELETE' })).status).toBe(404);
  });

  const malformed: readonly (readonly [string, readonly string[], number, string])[] = [
    ['that is no HTTP', ['jasmine\r\n\r\n'], 400, 'malformed_request'],
    ['under a method nobody knows', [`JASMINE / HTTP/1.1\r\n${closing}\r\n`], 400, 'malformed_request'],
    [
      'of two lengths',
      [`POST / HTTP/1.1\r\n${closing}content-length: 3\r\ncontent-length: 4\r\n\r\nabc`],
      400,
      'malformed_request',
    ],
    [
      'of a length and chunks at once',
      [`POST / HTTP/1.1\r\n${closing}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
      400,
      'malformed_request',
    ],
    ['with a line feed in a header', [`GET / HTTP/1.1\r\n${closing}x: a\nb\r\n\r\n`], 400, 'malformed_request'],
    ['whose address cannot be decoded', [`GET /v1/tallies/%ff HTTP/1.1\r\n${closing}\r\n`], 400, 'malformed_request'],
    ['whose address is too long', [`GET /${'a'.repeat(5_000)} HTTP/1.1\r\n${closing}\r\n`], 414, 'address_too_long'],
    [
      'whose headers are too large',
      [`GET / HTTP/1.1\r\n${closing}x: ${'a'.repeat(20_000)}\r\n\r\n`],
      431,
      'headers_too_large',
    ],
    [
      'whose body is too large',
      [
        `POST ${`/v1/tallies/${randomUUID()}/additions`} HTTP/1.1\r\n${closing}content-type: application/json\r\ncontent-length: 999999\r\n\r\n`,
      ],
      413,
      'body_too_large',
    ],
    ['that does not end', [`GET / HTTP/1.1\r\nhost: a\r\n`], 408, 'request_timeout'],
    [
      'whose body does not end',
      [
        `POST ${`/v1/tallies/${randomUUID()}/additions`} HTTP/1.1\r\n${closing}content-type: application/json\r\ncontent-length: 9\r\n\r\n{`,
      ],
      408,
      'request_timeout',
    ],
  ];

  it.each(malformed)('answers a request %s with problem details', async (_what, parts, status, code) => {
    const answer = await raw(...parts);
    expect(answer.status).toBe(status);
    expect(answer.head).toMatch(/content-type: application\/problem\+json/i);
    expect(answer.head).toMatch(/x-content-type-options: nosniff/i);
    expect(JSON.parse(answer.body)).toMatchObject({
      status,
      code,
      instance: expect.stringMatching(/^urn:waymark:request:/),
    });
    expect(`${answer.head}${answer.body}`).not.toMatch(/fastify|HPE_|FST_|ERR_|parse error/i);
  });

  it('lets pages of other origins call where they are listed only', async () => {
    const origin = 'https://portal.example.org';
    const preflight = { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } };
    const closed = await ask(tally(), { headers: { origin } });
    expect(closed.headers.has('access-control-allow-origin')).toBe(false);
    expect((await ask(`${tally()}/additions`, preflight)).status).toBe(405);

    const open = await start({ CORS_ORIGINS: `${origin}, https://other.example.org` });
    try {
      const allowed = await ask(`${tally()}/additions`, preflight, open);
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get('access-control-allow-origin')).toBe(origin);
      expect(allowed.headers.has('access-control-allow-credentials')).toBe(false);
      const stranger = await ask(tally(), { headers: { origin: 'https://stranger.example' } }, open);
      expect(stranger.headers.has('access-control-allow-origin')).toBe(false);
    } finally {
      await open.stop();
    }
  });

  it('stops although somebody has connected and says nothing, or half of something', async () => {
    const stopping = await start({ REQUEST_TIMEOUT_SECONDS: '2' });
    const half = [
      '',
      'GET /health/live HTTP/1.1\r\nhost:',
      `POST ${tally()} HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n{`,
    ];
    const ended = half.map(
      (text) =>
        new Promise<void>((resolve, reject) => {
          const socket = connect(Number(new URL(stopping.url).port), '127.0.0.1', () => socket.write(text));
          socket
            .on('error', reject)
            .on('close', () => resolve())
            .resume();
        }),
    );
    await ask('/health/live', {}, stopping);
    await stopping.stop();
    await Promise.all(ended);
  });

  it('keeps an address from calling without end, but never its probes', async () => {
    const busy = await start({ RATE_LIMIT_ADDRESS: '5', TRUSTED_PROXIES: 'loopback' });
    try {
      const from = (address: string, path = tally(), headers = {}) =>
        ask(path, { headers: { 'x-forwarded-for': address, ...headers } }, busy);
      for (let count = 0; count < 5; count += 1) expect((await from('192.0.2.1')).status).toBe(404);
      const refused = await from('192.0.2.1');
      expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.any(Number)]);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(await refused.json()).toMatchObject({ code: 'too_many_requests' });
      // A token that nobody looks at does not open another account.
      expect((await from('192.0.2.1', tally(), { authorization: 'Bearer jasmine' })).status).toBe(429);
      expect((await from('192.0.2.2')).status).toBe(404);
      expect((await from('192.0.2.1', '/health/live')).status).toBe(200);
    } finally {
      await busy.stop();
    }
  });
});
