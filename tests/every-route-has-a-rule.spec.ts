import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type DeclaredRoute, listRoutes } from '@waymark/access';
import { demoPeople } from '@waymark/identity';
import { definitions } from '@waymark/services';
import { type Answer, type Stage, startStage } from '@waymark/stage';
import { readDocument } from './open-api.fixture.js';

const names = definitions.map(({ name }) => name);
/** Pages of the machine, not of the domain: not in the documents for people who write clients. */
const undocumented = ['/health/live', '/health/startup', '/health/ready', '/metrics'];

// Thousands of requests: on a busy machine they take their time.
jest.setTimeout(180_000);

describe('every route', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: definitions, logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const routesOf = (service: string): readonly DeclaredRoute[] => listRoutes(stage.running(service).app);
  const guarded = (service: string) => routesOf(service).filter(({ access }) => !access?.anonymous);
  const ask = (service: string, { method, path }: DeclaredRoute, options: { as?: string; token?: string }) =>
    stage.ask(
      service,
      method === 'POST' ? 'POST' : 'GET',
      path.replaceAll(/:\w+/g, () => randomUUID()),
      options,
    );
  const refusals = async (service: string, token?: string) => {
    const answers: (readonly [string, Answer])[] = [];
    for (const route of guarded(service))
      answers.push([`${route.method} ${route.path}`, await ask(service, route, token === undefined ? {} : { token })]);
    return answers;
  };

  it.each(names)('of %s has a rule that lets somebody in', (service) => {
    const routes = routesOf(service);
    expect(routes.length).toBeGreaterThanOrEqual(undocumented.length);
    expect(routes.filter(({ access }) => access === undefined)).toEqual([]);
  });

  it.each(names)('of %s that is not for everybody asks for a token', async (service) => {
    for (const [route, answer] of await refusals(service)) {
      expect({ route, ...answer }).toMatchObject({ route, status: 401, body: { code: 'token_missing' } });
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
    }
  });

  it.each(names)('of %s that is not for everybody refuses what is no token of ours', async (service) => {
    const [header = '', payload = ''] = (await stage.token('amina.officer')).split('.');
    const unsigned = [Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url'), payload, ''].join('.');
    const forged = [header, payload, 'A'.repeat(86)].join('.');
    const raised = [header, Buffer.from('{"sub":"me","roles":["supervisor"]}').toString('base64url'), 'A'.repeat(86)];
    for (const token of ['garbage', 'a.b.c', unsigned, forged, raised.join('.')])
      for (const [route, answer] of await refusals(service, token))
        expect({ route, token, ...answer }).toMatchObject({ route, status: 401, body: { code: 'token_invalid' } });
  });

  it.each(names)('of %s refuses every demo person whose roles it does not name', async (service) => {
    for (const route of guarded(service))
      for (const { username, roles } of demoPeople) {
        if (roles.some((role) => route.access?.staff?.includes(role))) continue;
        const answer = await ask(service, route, { as: username });
        const what = { route: `${route.method} ${route.path}`, username };
        expect({ ...what, ...answer }).toMatchObject({ ...what, status: 403, body: { code: 'role_missing' } });
      }
  });

  it.each(names)('of %s lets in who is named: they get anything but a refusal at the door', async (service) => {
    for (const route of guarded(service))
      for (const { username, roles } of demoPeople) {
        if (!roles.some((role) => route.access?.staff?.includes(role))) continue;
        const { status } = await ask(service, route, { as: username });
        expect(`${username} ${route.method} ${route.path}: ${status}`).not.toMatch(/: (401|403)$/);
        expect(status).toBeLessThan(500);
      }
  });

  it.each(names)('of %s refuses every other service', async (service) => {
    for (const route of guarded(service))
      for (const caller of ['intake', 'case', 'consent', 'referral', 'reporting', 'audit', 'engagement']) {
        if (route.access?.service?.includes(caller)) continue;
        const answer = await ask(service, route, { as: `service:${caller}` });
        expect({ route: route.path, caller, ...answer }).toMatchObject({ status: 403 });
      }
  });

  it.each(names)('of %s stands in its OpenAPI document, and nothing else does', async (service) => {
    const { paths } = await readDocument(stage, service);
    const documented = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = routesOf(service)
      .filter(({ path }) => !undocumented.includes(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(documented.toSorted()).toEqual(served.toSorted());
  });

  it.each(names)('of %s is described in valid OpenAPI 3.1, with its rule and every refusal', async (service) => {
    const document = await readDocument(stage, service);
    expect(await new Validator().validate({ ...document })).toEqual({ valid: true });
    expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) });
    for (const [path, item] of Object.entries(document.paths))
      for (const [method, operation] of Object.entries(item)) {
        const what = `${method} ${path}`;
        expect({ what, rule: operation['x-waymark-access'] }).toMatchObject({
          what,
          rule: { action: expect.any(String) },
        });
        expect({ what, statuses: Object.keys(operation.responses) }).toMatchObject({
          what,
          statuses: expect.arrayContaining(['500', '503', ...(method === 'post' ? ['400', '413', '415', '422'] : [])]),
        });
      }
  });

  it.each(names)(
    'that %s does not have is refused with problem details, whatever is wrong about it',
    async (service) => {
      const url = `http://127.0.0.1:${stage.environmentOf(service).PORT}`;
      const tries = [
        ...[
          ['GET', '/v1/nothing-here'],
          ['POST', '/v1/nothing-here'],
          ['GET', '/'],
          ['DELETE', '/health/live'],
        ],
        ...[
          ['GET', '/v1/%zz'],
          ['GET', '/v1/%00'],
          ['GET', `/v1/${'a'.repeat(5000)}`],
          ['PUT', '/v1/concerns'],
        ],
      ];
      for (const [method, path] of tries) {
        const response = await fetch(`${url}${path}`, { method });
        expect(`${method} ${path}: ${response.status}`).toMatch(/: (400|404|405|414)$/);
        expect(response.headers.get('content-type')).toContain('application/problem+json');
        expect(await response.json()).toMatchObject({ status: response.status, code: expect.any(String) });
      }
    },
  );
});
