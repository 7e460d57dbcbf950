import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { listRoutes } from '@waymark/access';
import { type Stage, startStage } from '@waymark/stage';
import { definitions } from '@waymark/services';
import { routesNamingAThing, strangersIn } from './strangers.fixture.js';
import { outcomeOf, requestsOf } from './requests.fixture.js';
import { type Line, readTable } from './table.fixture.js';
import { buildWorld, fromAnywhere, people, type World } from './world.fixture.js';

const tables = ['platform', 'concerns', 'cases', 'clients', 'referrals'] as const;
const nameOf = ({ action, thing, consent }: Line) => `${action}: ${thing}, consent ${consent}`;

// Thousands of requests: on a busy machine they take their time.
jest.setTimeout(300_000);

describe('the oracle, a table of who may do what that knows nothing of the policies', () => {
  let stage: Stage;
  let world: World;
  let requests: ReturnType<typeof requestsOf>;
  beforeAll(async () => {
    const environment = { TRUSTED_PROXIES: 'loopback', ALTERNATE_DESK: 'ethics_office' };
    stage = await startStage({ services: definitions, logLevel: 'error', environment });
    world = await buildWorld(stage);
    requests = requestsOf(stage, world);
  });
  afterAll(() => stage?.close());

  const tokenOf = async (column: string): Promise<string | undefined> => {
    if (column === 'nobody') return undefined;
    if (column.endsWith('_service')) return stage.token(`service:${column.slice(0, -'_service'.length)}`);
    if (column in people) return stage.token(people[column as keyof typeof people]);
    return world.sessions[column];
  };
  const ask = async (line: Line, column: string): Promise<string> => {
    const request = requests[line.action]?.(line);
    if (!request) throw new Error(`the oracle speaks of ${line.action}, which nobody knows how to ask for`);
    const token = await tokenOf(column);
    const { service, method, path, body, purpose } = request;
    const headers = {
      ...fromAnywhere(),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(purpose === undefined ? {} : { 'x-purpose': purpose }),
    };
    const answer = await stage.ask(service, method, path, { headers, body, key: randomUUID() });
    return outcomeOf(request, answer);
  };

  describe.each(tables)('%s', (table) => {
    it.each(readTable(table).map((line) => [nameOf(line), line] as const))('%s', async (_name, line) => {
      const found: Record<string, string> = {};
      for (const column of Object.keys(line.expected)) found[column] = await ask(line, column);
      expect(found).toEqual(line.expected);
    });
  });

  it('cannot be asked what there is: an id of another unit, another team or a random one get the same answer', async () => {
    const namings = await routesNamingAThing(stage);
    let tried = 0;
    for (const { who, role, hidden, sees } of strangersIn(world))
      for (const { route, plural, request } of namings) {
        const id = hidden[plural];
        if (id === undefined || sees?.test(route.path) || !route.operation['x-waymark-access'].staff?.includes(role))
          continue;
        const answerTo = async (asked: string) => {
          const { path, body } = request(asked);
          const {
            status,
            headers,
            body: answered,
          } = await stage.ask(route.service, route.method, path, {
            ...{ as: who, body },
          });
          const told = Object.fromEntries([...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)));
          return { status, headers: told, body: { ...answered, instance: '' } };
        };
        const what = { who, route: `${route.method} ${route.path}` };
        const answer = { ...what, ...(await answerTo(id)) };
        expect(answer).toMatchObject({ ...what, status: 404, body: { code: 'not_found' } });
        const nothings = route.path.includes('{') ? [randomUUID(), 'no-id'] : [randomUUID()];
        for (const nothing of nothings) expect({ ...what, ...(await answerTo(nothing)) }).toEqual(answer);
        tried += 1;
      }
    expect(tried).toBeGreaterThan(namings.length / 2);
  });

  it('speaks of every action that a route names', () => {
    const spoken = new Set(tables.flatMap(readTable).map(({ action }) => action.split(' ')[0]));
    const routes = definitions.flatMap(({ name }) => listRoutes(stage.running(name).app));
    expect(routes.map(({ access }) => access?.action).filter((action) => !spoken.has(action))).toEqual([]);
  });
});
