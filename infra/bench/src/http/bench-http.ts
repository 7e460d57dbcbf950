import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DemoTokens, demoPeople, startIdentity } from '@waymark/identity';
import { spawnService } from '@waymark/processes';
import { provision } from '@waymark/provision';
import { freePorts } from '@waymark/testing';
import { type BenchServer, withBenchServer } from '../bench-server.js';
import { rateOf, Runs, timesOf } from '../measure.js';
import { medianOf, type Report, type Result, thisMachine } from '../report.js';
import { checkAndSeal } from './check-and-seal.js';
import { Poster } from './post.js';

interface Effort {
  readonly milliseconds: number;
  readonly runs: number;
  /** Requests one after the other, for the times of single ones. */
  readonly samples: number;
}

const quick: Effort = { milliseconds: 5_000, runs: 3, samples: 500 };
const full: Effort = { milliseconds: 15_000, runs: 5, samples: 3_000 };
const writers = 16;

interface Target {
  readonly system: 'waymark' | 'fastify';
  readonly post: () => Promise<number>;
}

const contact = {
  ...{ kind: 'support_request', identity: 'confidential', reporterRelation: 'affected_person', channel: 'phone' },
  ...{ matter: ['harassment'], language: 'en', immediateDanger: false, narrative: 'Measured, not read. '.repeat(20) },
  contact: { at: '2026-01-01T10:00:00Z', precision: 'month' },
};

/** A command over HTTP with everything on side by side with Fastify and one insert, both as processes, over one server in one run. */
export async function benchHttp(options: { readonly quick: boolean }): Promise<Report> {
  const effort = options.quick ? quick : full;
  const dir = await mkdtemp(path.join(tmpdir(), 'waymark-bench-http-'));
  try {
    return await withBenchServer(async (server) => {
      const results = [...(await commands(server, dir, effort)), ...(await checkAndSeal(server, effort.samples))];
      const versions = { node: process.versions.node, postgres: server.version, fastify: fastifyVersion() };
      return { machine: thisMachine(), versions, results, ratios: ratiosOf(results) };
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function commands(server: BenchServer, dir: string, effort: Effort): Promise<readonly Result[]> {
  const { url: adminUrl } = await server.freshDatabase();
  const [intakePort = 0, barePort = 0] = await freePorts(2);
  const environments = await provision({ adminUrl, secretsDir: path.join(dir, 'secrets'), bus: 'postgres' });
  const clients = [...environments].map(([name, { SERVICE_CLIENT_SECRET = '' }]) => [name, SERVICE_CLIENT_SECRET]);
  const identity = await startIdentity({
    ...{ port: 0, people: demoPeople, dataDir: path.join(dir, 'identity') },
    clients: { services: Object.fromEntries(clients) },
  });
  const intake = await spawnService({
    name: 'intake',
    logFile: path.join(dir, 'intake.log'),
    environment: {
      ...environments.get('intake'),
      ...{ HOST: '127.0.0.1', PORT: String(intakePort), OIDC_ISSUER: identity.issuer, LOG_LEVEL: 'warn' },
      ...{ RECEIPT_ISSUER: `http://127.0.0.1:${intakePort}`, RATE_LIMIT_PRINCIPAL: '10000000' },
    },
  });
  const bare = await spawnService({
    name: 'bare Fastify',
    entry: path.join(import.meta.dirname, 'bare-fastify.js'),
    logFile: path.join(dir, 'bare.log'),
    environment: { PORT: String(barePort), DATABASE_URL: (await server.freshDatabase()).url },
  });
  const poster = new Poster();
  const tokens = new DemoTokens(identity.issuer);
  const body = JSON.stringify(contact);
  const targets: readonly Target[] = [
    {
      system: 'waymark',
      post: async () => {
        const headers = {
          authorization: `Bearer ${await tokens.of('amina.officer')}`,
          'idempotency-key': randomUUID(),
        };
        return poster.post(`http://127.0.0.1:${intakePort}/v1/contacts`, headers, body);
      },
    },
    { system: 'fastify', post: () => poster.post(`http://127.0.0.1:${barePort}/v1/contacts`, {}, body) },
  ];
  try {
    await Promise.all([intake.untilReady(), bare.untilReady()]);
    return await measure(targets, effort);
  } finally {
    poster.close();
    await Promise.all([intake.terminate(), bare.terminate(), identity.stop()]);
  }
}

async function measure(targets: readonly Target[], effort: Effort): Promise<readonly Result[]> {
  const runs = new Runs({ name: 'command over HTTP', writers, unit: 'commands/s', logSize: 0 });
  const times = new Map(targets.map(({ system }) => [system, [] as number[]]));
  for (const { post } of targets) await rateOf(writers, 2_000, async () => (await post(), 1));
  for (let run = 0; run < effort.runs; run += 1)
    for (const { system, post } of targets)
      runs.add(system, await rateOf(writers, effort.milliseconds, async () => (await post(), 1)));
  // In turn, a few at a time: what else the machine does falls on both alike.
  for (let sample = 0; sample < effort.samples; sample += 1)
    for (const { system, post } of targets) times.get(system)?.push(await post());
  const single = [...times].flatMap(([system, values]) => [
    timesOf({ name: 'one command, median', system, logSize: 0 }, values, 0.5),
    timesOf({ name: 'one command, p99', system, logSize: 0 }, values, 0.99),
  ]);
  return [...runs.results(), ...single];
}

function ratiosOf(results: readonly Result[]): Report['ratios'] {
  const of = (name: string, system: string): number =>
    medianOf(results.filter((each) => each.name === name && each.system === system).map(({ median }) => median));
  const against = (name: string): number => of(name, 'waymark') / of(name, 'fastify');
  return [
    { name: 'command-vs-bare', value: against('command over HTTP') },
    { name: 'command-p99-vs-bare', value: against('one command, p99') },
  ];
}

function fastifyVersion(): string {
  const { version }: { version: string } = createRequire(import.meta.url)('fastify/package.json');
  return version;
}
