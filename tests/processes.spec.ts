import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import kafkajs from 'kafkajs';
import { entryOf, type Processes, startProcesses } from '@waymark/processes';
import { services } from '@waymark/provision';
import { runStory } from '@waymark/story';
import { createTestDatabase, eventually, freePort, kafkaBrokers, type TestDatabase } from '@waymark/testing';

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
  let wayToKafka: WayToKafka;
  let platform: Processes;
  let base: number;

  beforeAll(async () => {
    await buildServices();
    dir = await mkdtemp(join(tmpdir(), 'waymark-processes-'));
    database = await createTestDatabase('processes');
    wayToKafka = await openWayToKafka(await kafkaBrokers());
    base = await freeBlock();
    platform = await startProcesses({
      postgresAdminUrl: database.url,
      kafkaBrokers: [wayToKafka.broker],
      dir,
      ports: portsFrom(base),
      prefix,
      // A killed member is missed for so long.
      environment: { KAFKA_SESSION_TIMEOUT_MS: '8000' },
    });
  }, 240_000);

  afterAll(async () => {
    await platform?.stop();
    await wayToKafka?.close();
    await removeTopics(prefix);
    await database?.drop();
    if (dir) await rm(dir, { recursive: true, force: true });
  }, 120_000);

  const tokens = new Map<string, string>();
  async function token(username: string): Promise<string> {
    const form = { grant_type: 'password', client_id: 'waymark-cli', username, password: 'waymark-demo' };
    const response = await fetch(`${platform.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
    const answer = (await response.json()) as { access_token: string };
    return answer.access_token;
  }

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
    const known = as === undefined ? undefined : (tokens.get(as) ?? (await token(as)));
    if (as !== undefined && known !== undefined) tokens.set(as, known);
    const response = await fetch(`${platform.urlOf(service)}${path}`, {
      method,
      headers: {
        ...(known === undefined ? {} : { authorization: `Bearer ${known}` }),
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

  it('plays the whole story', async () => {
    const results = await runStory({ baseUrl: `http://127.0.0.1:${base}` });
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
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

  it('a service that starts while Kafka is away works, says that it is not ready, and recovers when Kafka comes', async () => {
    await platform.terminate('intake');
    wayToKafka.block();
    await platform.start('intake', { wait: false });
    const health = () => ask('intake', 'GET', '/health/ready');
    const unready = await eventually(health, { timeoutMs: 60_000 });
    expect(unready).toMatchObject({
      status: 503,
      body: { code: 'not_ready', detail: expect.stringMatching(/^bus: /) },
    });
    expect(await ask('intake', 'GET', '/health/live')).toMatchObject({ status: 200 });
    const concernId = await acceptedConcern();

    await wayToKafka.unblock();
    await eventually(async () => (await health()).status === 200, { timeoutMs: 60_000 });
    await eventually(async () => (await casesOf(concernId)).length === 1, { timeoutMs: 60_000 });
  }, 180_000);

  it('a service that is asked to end answers what it has begun, and ends with code 0', async () => {
    const half = await halfSentConcern(platform.urlOf('intake'));
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
      for (const name of ['PORT', 'DATABASE_URL', 'OIDC_ISSUER', 'KEY_FILE', 'CONSENT_URL', 'SERVICE_CLIENT_SECRET'])
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
      const { code, output } = await outcomeOf(command, nobody);
      expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('ADMIN_DATABASE_URL: ') });
      expect(output).not.toContain('s3cret');
    });
  });

  it('at last all end when they are asked to, and none is left', async () => {
    const ends = await platform.stop();
    expect([...ends.keys()].sort()).toEqual([...names].sort());
    for (const exit of ends.values()) expect(exit).toEqual({ code: 0, signal: null });
  }, 60_000);
});

/** As `npm run build` would; nothing to do but to look when the output is up to date. */
async function buildServices(): Promise<void> {
  const script = "await (await import('./tools/prepare.mjs')).prepare({ quiet: true })";
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: process.cwd() });
}

async function outcomeOf(entry: string, environment: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [entry], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = await once(child, 'close');
  return { code, output };
}

async function readableByOthers(dir: string): Promise<string> {
  const file = join(dir, 'open.secret');
  await writeFile(file, randomBytes(32).toString('base64url'));
  await chmod(file, 0o644);
  return file;
}

interface WayToKafka {
  /** Address of the way: services know no other. Kafka's own answers lead them past it. */
  readonly broker: string;
  block(): void;
  unblock(): Promise<void>;
  close(): Promise<void>;
}

async function openWayToKafka([broker = '']: readonly string[]): Promise<WayToKafka> {
  const port = await freePort();
  const [host = '', brokerPort = ''] = broker.split(':');
  let server: Server | undefined;
  const block = (): void => {
    server?.close();
    server = undefined;
  };
  const unblock = async (): Promise<void> => {
    server = createServer((socket) => {
      const onward = connect(Number(brokerPort), host);
      const end = (): void => void (socket.destroy(), onward.destroy());
      socket.on('error', end).on('close', end).pipe(onward);
      onward.on('error', end).on('close', end).pipe(socket);
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  await unblock();
  return { broker: `127.0.0.1:${port}`, block, unblock, close: async () => block() };
}

/** A submission of which the service has taken the head, but not yet the body. */
async function halfSentConcern(url: string) {
  const body = Buffer.from(JSON.stringify(concern));
  const sending = request(`${url}/v1/concerns`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': body.length,
      'idempotency-key': randomUUID(),
      expect: '100-continue',
    },
  });
  sending.flushHeaders();
  await once(sending, 'continue');
  return {
    finish: async (): Promise<{ readonly status: number | undefined; readonly body: string }> => {
      sending.end(body);
      const [response] = await once(sending, 'response');
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
    },
  };
}

/** The usual distances: 1 to 7 for the services, 10 for identity. */
const portsFrom = (base: number): Readonly<Record<string, number>> => ({
  ...Object.fromEntries(names.map((name, index) => [name, base + 1 + index])),
  identity: base + 10,
});

async function freeBlock(): Promise<number> {
  for (;;) {
    const base = Math.min(await freePort(), 65_000);
    const taken = await Promise.all(Object.values(portsFrom(base)).map((port) => listens(`http://127.0.0.1:${port}`)));
    if (!taken.includes(true)) return base;
  }
}

function listens(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** A broker that outlives the run must not be littered. */
async function removeTopics(start: string): Promise<void> {
  const admin = new kafkajs.Kafka({
    brokers: [...(await kafkaBrokers())],
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${start}.`));
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}
