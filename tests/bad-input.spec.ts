import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { definitions } from '@waymark/services';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { badBodies, goodValue } from './bad-bodies.fixture.js';
import { readRoutes, resolve, type Route, type Schema } from './open-api.fixture.js';
import { type Played, playStory } from './whole-platform.fixture.js';

interface Asked {
  readonly raw?: string | Buffer;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly query?: string;
  readonly path?: string;
}

interface Refused {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Who of the demo people holds a role and works on the case of the story. */
const holders: Readonly<Record<string, string>> = {
  officer: 'amina.officer',
  supervisor: 'ingrid.supervisor',
  unit_focal_point: 'olivier.ombudsman',
  clinician: 'marek.clinician',
  auditor: 'jonas.auditor',
  analyst: 'priya.analyst',
  administrator: 'samoa.administrator',
};

// Thousands of requests: on a busy machine they take their time.
jest.setTimeout(180_000);

describe('bad input', () => {
  let stage: Stage;
  let played: Played;
  let routes: readonly Route[] = [];
  beforeAll(async () => {
    stage = await startStage({ services: definitions, logLevel: 'error' });
    played = await playStory(stage);
    routes = (await Promise.all(definitions.map(({ name }) => readRoutes(stage, name)))).flat();
    await settled();
  });
  afterAll(() => stage?.close());

  const eventsStored = async (): Promise<number> => {
    let after = 0n;
    let stored = 0;
    for (;;) {
      const { events, position } = await stage.log.readAll({ after });
      if (position === after) return stored;
      stored += events.filter(({ category }) => !category.endsWith('_access')).length;
      after = position;
    }
  };
  /** Messages still on their way could append later: twice the same number, half a second apart. */
  const settled = () =>
    eventually(async () => {
      const before = await eventsStored();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return (await eventsStored()) === before;
    });
  const tokenFor = async ({ operation: { 'x-waymark-access': rule } }: Route): Promise<string | undefined> => {
    if (rule.anonymous) return undefined;
    if (rule.reporter) return rule.reporter === 'reporter' ? played.reporterToken : played.clientToken;
    if (rule.service) return stage.token(`service:${rule.service[0]}`);
    return stage.token(holders[rule.staff?.[0] ?? ''] ?? '');
  };
  const addressOf = ({ path, service }: Route): string => {
    const { consentId } = played;
    const ids: Readonly<Record<string, string>> = {
      consentId,
      grantId: randomUUID(),
      holdId: randomUUID(),
      overrideId: randomUUID(),
      staffId: stage.idOf('kwame.officer'),
    };
    const own: Readonly<Record<string, string>> = {
      ...{
        concerns: played.concernId,
        cases: played.caseId,
        'case-teams': played.caseId,
        referrals: played.referralId,
        clients: played.clientId,
      },
    };
    const filled = path.replaceAll(
      /\/([\w-]+)\/\{(\w+)\}/g,
      (_all, plural, name) => `/${plural}/${own[plural] ?? ids[name] ?? ''}`,
    );
    return `http://127.0.0.1:${stage.environmentOf(service).PORT}${filled.replace(/\{(\w+)\}/g, (_all, name) => ids[name] ?? '')}`;
  };
  const send = async (route: Route, asked: Asked): Promise<Refused> => {
    const token = await tokenFor(route);
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...asked.headers,
    };
    const given = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const response = await fetch(`${asked.path ?? addressOf(route)}${asked.query ?? ''}`, {
      method: route.method,
      headers: given,
      ...(route.method === 'POST' ? { body: asked.raw ?? JSON.stringify(asked.json) } : {}),
    });
    const text = await response.text();
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      body: text.startsWith('{') ? JSON.parse(text) : { text },
    };
  };
  /** The refusal is problem details, and one that the document of the service knows. */
  const isProblem = (
    what: object,
    { operation }: Route,
    { status, contentType, body }: Refused,
    code: object,
  ): void => {
    expect({ ...what, status, contentType, body }).toEqual({
      ...what,
      status: expect.any(Number),
      contentType: expect.stringContaining('application/problem+json'),
      body: expect.objectContaining({
        type: expect.stringMatching(/^urn:/),
        title: expect.any(String),
        detail: expect.any(String),
        instance: expect.stringMatching(/^urn:/),
        status,
        ...code,
      }),
    });
    expect(Object.keys(operation.responses)).toContain(String(status));
  };
  const bodySchema = ({ document, operation }: Route): Schema =>
    resolve(document, operation.requestBody?.content['application/json']?.schema ?? { type: 'object' });
  const posts = (service: string) => routes.filter((each) => each.service === service && each.method === 'POST');
  const nothingStored = async (service: string, work: (route: Route) => Promise<void>): Promise<void> => {
    for (const route of posts(service)) {
      const before = await eventsStored();
      await work(route);
      expect({ path: route.path, events: await eventsStored() }).toEqual({ path: route.path, events: before });
    }
  };
  const writing = ['intake', 'case', 'consent', 'referral'];

  it.each(writing)('in a field is refused by %s, which names field and rule and stores nothing', async (service) => {
    await nothingStored(service, async (route) => {
      for (const { fault, field, body } of badBodies(route.document, bodySchema(route))) {
        const answer = await send(route, { json: body });
        const what = { path: route.path, field, fault };
        isProblem(what, route, answer, { status: 422, code: 'invalid_input' });
        const errors = Object(answer.body.errors) as readonly { field: string; rule: string; message: string }[];
        const named = errors.filter((error) => error.field === field || error.field.startsWith(`${field}.`));
        expect({ ...what, errors, named: named.length > 0 }).toMatchObject({ named: true });
        for (const { rule, message } of named) expect(`${rule}: ${message}`).toMatch(/^\w+: .+/);
      }
    });
  });

  const malformed: readonly (readonly [string, Asked, number, string])[] = [
    ['bad JSON', { raw: '{"a": ' }, 400, 'malformed_json'],
    ['two documents', { raw: '{} {}' }, 400, 'malformed_json'],
    ['single quotes', { raw: "{'a': 1}" }, 400, 'malformed_json'],
    ['an empty body', { raw: '' }, 400, 'malformed_json'],
    ['a polluting field', { raw: '{"__proto__": {"a": 1}}' }, 400, 'malformed_json'],
    ['a polluting constructor', { raw: '{"constructor": {"prototype": {"a": 1}}}' }, 400, 'malformed_json'],
    [
      'bytes that are no UTF-8',
      { raw: Buffer.from([0x7b, 0x22, 0xf0, 0x9f, 0x98, 0x22, 0x3a, 0x31, 0x7d]) },
      400,
      'malformed_json',
    ],
    ['UTF-16', { raw: Buffer.from('{"a": 1}', 'utf16le') }, 400, 'malformed_json'],
    [
      'a body nested a hundred thousand deep',
      { raw: `{"kind":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
      400,
      'malformed_json',
    ],
    ['a list', { raw: '[{}]' }, 422, 'invalid_input'],
    ['an empty list', { raw: '[]' }, 422, 'invalid_input'],
    ['a text', { raw: '"a"' }, 422, 'invalid_input'],
    ['a number', { raw: '7' }, 422, 'invalid_input'],
    ['null', { raw: 'null' }, 422, 'invalid_input'],
    ['plain text', { raw: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type'],
    [
      'a form',
      { raw: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported_media_type',
    ],
    [
      'a multipart form',
      { raw: '--x--', headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      415,
      'unsupported_media_type',
    ],
    ['XML', { raw: '<a/>', headers: { 'content-type': 'application/xml' } }, 415, 'unsupported_media_type'],
    [
      'JSON of another kind',
      { raw: '{}', headers: { 'content-type': 'application/jsonp' } },
      415,
      'unsupported_media_type',
    ],
    ...['gzip', 'br', 'x'].map(
      (encoding) =>
        [
          `a Content-Encoding ${encoding}`,
          { raw: '{}', headers: { 'content-encoding': encoding } },
          415,
          'unsupported_media_type',
        ] as const,
    ),
    ...['utf-16', '"iso-8859-1"', 'x'].map(
      (charset) =>
        [
          `a charset ${charset}`,
          { raw: '{}', headers: { 'content-type': `application/json; charset=${charset}` } },
          415,
          'unsupported_media_type',
        ] as const,
    ),
    [
      'no content type',
      { raw: Buffer.from('{}'), headers: { 'content-type': undefined } },
      415,
      'unsupported_media_type',
    ],
    ['10 MB', { raw: `{"narrative":"${'a'.repeat(10 * 1024 * 1024)}"}` }, 413, 'body_too_large'],
  ];
  const headers: readonly (readonly [string, string, Asked, string])[] = [
    ...[undefined, '', 'short', 'a b c d e f g h i j k l m n', 'a'.repeat(201), 'ä'.repeat(30)].map(
      (key) =>
        [
          `the key ${JSON.stringify(key)?.slice(0, 20)}`,
          'idempotency-key',
          { headers: { 'idempotency-key': key } },
          'idempotency_key_missing',
        ] as const,
    ),
    ...['3', '*', 'W/"3"', '"-1"', '"three"', '"1e3"', '"9999999999999999"'].map(
      (tag) => [`If-Match ${tag}`, 'if-match', { headers: { 'if-match': tag } }, 'if_match_malformed'] as const,
    ),
  ];

  it.each(writing)('in the request itself is refused by %s, and nothing is stored', async (service) => {
    await nothingStored(service, async (route) => {
      for (const [fault, asked, status, code] of malformed)
        isProblem({ path: route.path, fault }, route, await send(route, asked), { status, code });
      const good = goodValue(route.document, bodySchema(route));
      for (const [fault, header, asked, code] of headers) {
        if (header === 'idempotency-key' && route.operation['x-without-idempotency-key']) continue;
        const answer = await send(route, { json: good, ...asked });
        isProblem({ path: route.path, fault }, route, answer, { status: 400, code });
      }
    });
  });

  /** A query with every parameter that a route demands, but one. */
  const goodQuery = ({ document, operation }: Route, without = ''): string => {
    const demanded = (operation.parameters ?? []).filter((each) => each.in === 'query' && each.required);
    const given = demanded.filter(({ name }) => name !== without);
    return given.map(({ name, schema }) => `&${name}=${String(goodValue(document, schema))}`).join('');
  };

  it.each(writing)('in an id gets from %s what an id gets that does not exist', async (service) => {
    const wrong = ['no-id', '0', '%00', '..%2f..', `${randomUUID()}x`, 'a'.repeat(150), 'a'.repeat(500), "'; --"];
    for (const route of routes.filter((each) => each.service === service && each.path.includes('{')))
      for (const id of wrong) {
        const json = goodValue(route.document, bodySchema(route));
        const path = route.path.replace(/\{\w+\}/, id).replaceAll(/\{\w+\}/g, () => randomUUID());
        const base = `http://127.0.0.1:${stage.environmentOf(service).PORT}`;
        const answer = await send(route, { json, path: `${base}${path}`, query: `?${goodQuery(route)}` });
        isProblem({ path: route.path, id }, route, answer, { status: 404, code: 'not_found' });
      }
  });

  it('in a query is refused with field and rule', async () => {
    let checked = 0;
    const refused = async (route: Route, name: string, query: string): Promise<void> => {
      const answer = await send(route, { query });
      isProblem({ path: route.path, query }, route, answer, { status: 422, code: 'invalid_input' });
      expect({ query, errors: answer.body.errors }).toMatchObject({
        errors: expect.arrayContaining([expect.objectContaining({ field: name, rule: expect.any(String) })]),
      });
      checked += 1;
    };
    for (const route of routes.filter(({ method }) => method === 'GET')) {
      const params = (route.operation.parameters ?? []).filter((each) => each.in === 'query');
      if (params.length > 0) await refused(route, 'unknownParameter', `?unknownParameter=1${goodQuery(route)}`);
      for (const { name, schema } of params)
        for (const value of ['', '\0', '!', 'no such code', '9'.repeat(300), '\u{1f54a}']) {
          if (schema.pattern !== undefined && new RegExp(schema.pattern).test(value)) continue;
          await refused(route, name, `?${name}=${encodeURIComponent(value)}${goodQuery(route, name)}`);
          await refused(route, name, `?${name}=a&${name}=b${goodQuery(route, name)}`);
        }
    }
    expect(checked).toBeGreaterThan(100);
  });

  it.each(writing)(
    'in a query of a command is refused by %s, which takes none, and stores nothing',
    async (service) => {
      await nothingStored(service, async (route) => {
        for (const query of ['?unknownParameter', '?unknownParameter=1']) {
          const answer = await send(route, { query, json: goodValue(route.document, bodySchema(route)) });
          isProblem({ path: route.path, query }, route, answer, { status: 422, code: 'invalid_input' });
          expect(answer.body.errors).toMatchObject([{ field: 'unknownParameter', rule: 'whitelistValidation' }]);
        }
      });
    },
  );

  // Last, because these are taken: what the mutations above start from keeps every rule of a body.
  it.each(writing)('is not what the tests begin with: %s finds nothing wrong with those bodies', async (service) => {
    for (const route of posts(service)) {
      const answer = await send(route, { json: goodValue(route.document, bodySchema(route)) });
      const { status, body } = answer;
      expect({ path: route.path, status, body }).not.toMatchObject({ body: { code: 'invalid_input' } });
      expect({ path: route.path, status, body }).not.toMatchObject({ status: 400 });
      expect(status).toBeLessThan(500);
    }
  });

  it('leaves every service ready', async () => {
    for (const { name } of definitions)
      expect(await stage.ask(name, 'GET', '/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});
