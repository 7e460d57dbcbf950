import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DemoTokens } from '@waymark/identity';
import { entryOf, type Processes, startProcesses } from '@waymark/processes';
import { services } from '@waymark/provision';
import { runStory } from '@waymark/story';
import { createTestDatabase, eventually, type FaultProxy, kafkaBrokers, type TestDatabase } from '@waymark/testing';
import {
  buildServices,
  freeBlock,
  halfSentConcern,
  listens,
  openWayToKafka,
  outcomeOf,
  portsFrom,
  readableByOthers,
  removeTopics,
} from './processes.fixture.js';

const names = services.map(({ name }) => name);
const prefix = `p${randomBytes(4).toString('hex')}`;
const concern = {
  kind: 'concern_report',
  identity: 'anonymous',
  reporterRelation: 'affected_person',
  matter: ['harassment'],
  language: 'ar',
  immediateDanger: false,
  narrative: 'لا أستطيع النوم منذ ذلك اليوم.',
};

describe('each service as a process of its own, over Kafka', () => {
  let dir: string;
  let database: TestDatabase;
  let wayToKafka: FaultProxy;
  let platform: Processes;
  let base: number;
  let tokens: DemoTokens;

  beforeAll(async () => {
    await buildServices();
    dir = await mkdtemp(join(tmpdir(), 'waymark-processes-'));
    database = await createTestDatabase('processes');
    wayToKafka = await openWayToKafka(await kafkaBrokers());
    base = await freeBlock();
    platform = await startProcesses({
      postgresAdminUrl: database.url,
      kafkaBrokers: [`${wayToKafka.host}:${wayToKafka.port}`],
      dir,
      ports: portsFrom(base),
      prefix,
      // A killed member is missed for so long.
      environment: { KAFKA_SESSION_TIMEOUT_MS: '8000' },
    });
    tokens = new DemoTokens(platform.issuer);
  }, 240_000);

  afterAll(async () => {
    await platform?.stop();
    wayToKafka?.close();
    await removeTopics(prefix);
    await database?.drop();
    if (dir) await rm(dir, { recursive: true, force: true });
  }, 120_000);

  interface Answer {
    readonly status: number;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into whatever came
    readonly body: any;
  }

  async function ask(
    service: string,
    method: 'GET' | 'POST',
    path: string,
    as?: string,
    body: object = {},
  ): Promise<Answer> {
    const token = as === undefined ? undefined : await tokens.of(as);
    const response = await fetch(`${platform.urlOf(service)}${path}`, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(method === 'POST' ? { 'content-type': 'application/json', 'idempotency-key': randomUUID() } : {}),
      },
      ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, body: await response.json() };
  }

  async function acceptedConcern(): Promise<string> {
    const { concernId } = (await ask('intake', 'POST', '/v1/concerns', undefined, concern)).body;
    const steps: [string, object][] = [
      ['allocation', {}],
      ['messages', { text: 'نحن نصدقك.' }],
      ['triage', { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true }],
      ['guidance', { avenues: ['ombudsman_mediation'], decision: 'proceed' }],
      ['acceptance', {}],
    ];
    for (const [step, body] of steps) {
      const path = `/v1/concerns/${concernId}/${step}`;
      expect(await ask('intake', 'POST', path, 'amina.officer', body)).toMatchObject({ status: 200 });
    }
    return concernId;
  }

  const casesOf = async (concernId: string) =>
    (await ask('case', 'GET', `/v1/cases?concernId=${concernId}`, 'amina.officer')).body.items;

  it('a concern that is submitted, answered, triaged, guided and accepted becomes a case', async () => {
    const concernId = await acceptedConcern();
    const [opened] = await eventually(async () => {
      const cases = await casesOf(concernId);
      return cases.length > 0 && cases;
    });
    expect(opened).toMatchObject({ stage: 'engagement' });
  });

  // The tables over thousands of contacts are read where the platform is one process; chaos adds facts up that came over Kafka.
  it('plays the story', async () => {
    const results = await runStory({ baseUrl: `http://127.0.0.1:${base}`, tables: 'none' });
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results).toHaveLength(10);
  }, 600_000);

  it('a case service that was killed opens the case of a concern accepted meanwhile, exactly once', async () => {
    expect(await platform.kill('case')).toEqual({ code: null, signal: 'SIGKILL' });
    const missed = await acceptedConcern();
    await platform.start('case');
    await eventually(async () => (await casesOf(missed)).length === 1, { timeoutMs: 60_000 });
    // What comes after it is handled after it: had the message had a second effect, it would show by now.
    const next = await acceptedConcern();
    await eventually(async () => (await casesOf(next)).length === 1);
    expect(await casesOf(missed)).toHaveLength(1);
  }, 120_000);

  it('a service that starts while Kafka is away works and is ready, says what is degraded, and recovers when Kafka comes', async () => {
    await platform.terminate('intake');
    wayToKafka.refuse();
    await platform.start('intake', { wait: false });
    const health = () => ask('intake', 'GET', '/health/ready');
    const withoutBus = await eventually(health, { timeoutMs: 60_000 });
    expect(withoutBus).toMatchObject({
      status: 200,
      body: { status: 'degraded', parts: { database: 'ok', bus: expect.stringMatching(/^degraded: /) } },
    });
    expect(await ask('intake', 'GET', '/health/live')).toMatchObject({ status: 200 });
    const concernId = await acceptedConcern();

    await wayToKafka.heal();
    await eventually(async () => (await health()).body.status === 'ok', { timeoutMs: 60_000 });
    await eventually(async () => (await casesOf(concernId)).length === 1, { timeoutMs: 60_000 });
  }, 180_000);

  it('a service that is asked to end answers what it has begun, and ends with code 0', async () => {
    const half = await halfSentConcern(platform.urlOf('intake'), concern);
    const ending = platform.terminate('intake');
    await eventually(async () => !(await listens(platform.urlOf('intake'))), { timeoutMs: 30_000 });
    const answer = await half.finish();
    expect(answer).toMatchObject({ status: 201 });
    expect(await ending).toEqual({ code: 0, signal: null });
    await platform.start('intake');
    const { concernId } = JSON.parse(answer.body);
    const allocation = `/v1/concerns/${concernId}/allocation`;
    expect(await ask('intake', 'POST', allocation, 'amina.officer')).toMatchObject({ status: 200 });
  }, 120_000);

  describe('started with an environment that is not right', () => {
    const wrong: readonly (readonly [string, () => Promise<string | undefined>])[] = [
      ['KAFKA_BROKERS', async () => undefined],
      ['KEY_FILE', async () => join(dir, 'nowhere.key')],
      ['SECRET_FILE', async () => readableByOthers(dir)],
      ['DATABASE_URL', async () => `postgres://nobody:s3cret@${new URL(database.url).host}/nowhere`],
      ['KEYS_DATABASE_URL', async () => `postgres://nobody:s3cret@${new URL(database.url).host}/nowhere`],
    ];
    it.each(wrong)('says that %s is wrong and ends with code 1', async (name, value) => {
      const outcome = await outcomeOf(entryOf('intake'), {
        ...platform.environmentOf('intake'),
        [name]: await value(),
      });
      expect(outcome).toMatchObject({ code: 1, output: expect.stringContaining(`${name}: `) });
      expect(outcome.output).not.toContain('s3cret');
    });

    it('names every variable that is wrong at once, without its value', async () => {
      const bad = { PORT: 's3cret', DATABASE_URL: 's3cret', KAFKA_BROKERS: 's3cret', OIDC_ISSUER_ADDRESS: 's3cret' };
      const { code, output } = await outcomeOf(entryOf('case'), { ...platform.environmentOf('case'), ...bad });
      expect(code).toBe(1);
      for (const name of Object.keys(bad)) expect(output).toContain(`${name}: `);
      expect(output).not.toContain('s3cret');
    });

    it('names every variable that is missing, also those that only one service has', async () => {
      const { code, output } = await outcomeOf(entryOf('referral'), {});
      expect(code).toBe(1);
      for (const name of [
        'PORT',
        'KEYS_DATABASE_URL',
        'OIDC_ISSUER',
        'KEY_FILE',
        'CONSENT_URL',
        'SERVICE_CLIENT_SECRET',
      ])
        expect(output).toContain(`${name}: is missing`);
    });
  });

  describe('prepared by the provisioning command', () => {
    const command = join(process.cwd(), 'infra', 'provision', 'dist', 'main.js');

    it('get an environment file each that nobody else can read, the same one every time', async () => {
      const environment = {
        ADMIN_DATABASE_URL: database.url,
        SECRETS_DIR: join(dir, 'provisioned'),
        SERVICE_SECRETS_DIR: '/run/waymark',
        DATABASE_PREFIX: `${prefix}x`,
      };
      expect(await outcomeOf(command, environment)).toMatchObject({ code: 0, output: '' });
      const file = join(dir, 'provisioned', 'referral', 'referral.env');
      const text = await readFile(file, 'utf8');
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(text).toContain('KEY_FILE=/run/waymark/referral.key\n');
      const secret = /^SERVICE_CLIENT_SECRET=(.+)$/m.exec(text)?.[1];
      const issuer = await readFile(join(dir, 'provisioned', 'identity', 'identity.env'), 'utf8');
      expect(issuer).toContain(`IDENTITY_SECRET_REFERRAL=${secret}\n`);
      expect(await outcomeOf(command, environment)).toMatchObject({ code: 0 });
      expect(await readFile(file, 'utf8')).toBe(text);
    });

    it('are told which of its variables is wrong', async () => {
      expect(await outcomeOf(command, {})).toEqual({
        code: 1,
        output: 'provision cannot start: ADMIN_DATABASE_URL: is missing; SECRETS_DIR: is missing\n',
      });
      const nobody = { ADMIN_DATABASE_URL: 'postgres://admin:s3cret@127.0.0.1:1/postgres', SECRETS_DIR: dir };
      const keysOfNobody = {
        ...nobody,
        ADMIN_DATABASE_URL: database.url,
        KEYS_ADMIN_DATABASE_URL: nobody.ADMIN_DATABASE_URL,
      };
      for (const [variable, environment] of [
        ['ADMIN_DATABASE_URL', nobody],
        ['KEYS_ADMIN_DATABASE_URL', keysOfNobody],
      ] as const) {
        const { code, output } = await outcomeOf(command, environment);
        expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining(` ${variable}: `) });
        expect(output).not.toContain('s3cret');
      }
    });
  });

  it('at last all end when they are asked to, and none is left', async () => {
    const ends = await platform.stop();
    expect([...ends.keys()].sort()).toEqual([...names].sort());
    for (const exit of ends.values()) expect(exit).toEqual({ code: 0, signal: null });
  }, 60_000);
});
