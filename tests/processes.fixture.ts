import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import kafkajs from 'kafkajs';
import { services } from '@waymark/provision';
import { FaultProxy, freePort, kafkaBrokers } from '@waymark/testing';

/** As `npm run build` would; nothing to do but to look when the output is up to date. */
export async function buildServices(): Promise<void> {
  const script = "await (await import('./tools/prepare.mjs')).prepare({ quiet: true })";
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: process.cwd() });
}

export async function outcomeOf(
  entry: string,
  environment: NodeJS.ProcessEnv,
): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, [entry], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = await once(child, 'close');
  return { code, output };
}

export async function readableByOthers(dir: string): Promise<string> {
  const file = join(dir, 'open.secret');
  await writeFile(file, randomBytes(32).toString('base64url'));
  await chmod(file, 0o644);
  return file;
}

/** A way to Kafka with faults. Services know no other address; Kafka's own answers lead them past it. */
export async function openWayToKafka([broker = '']: readonly string[]): Promise<FaultProxy> {
  const [host = '', port = ''] = broker.split(':');
  return FaultProxy.open({ host, port: Number(port) });
}

/** A submission of which the service has taken the head, but not yet the body. */
export async function halfSentConcern(url: string, concern: object) {
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

const names = services.map(({ name }) => name);

/** The usual distances: 1 to 7 for the services, 10 for identity. */
export const portsFrom = (base: number): Readonly<Record<string, number>> => ({
  ...Object.fromEntries(names.map((name, index) => [name, base + 1 + index])),
  identity: base + 10,
});

export async function freeBlock(): Promise<number> {
  for (;;) {
    const base = Math.min(await freePort(), 65_000);
    const taken = await Promise.all(Object.values(portsFrom(base)).map((port) => listens(`http://127.0.0.1:${port}`)));
    if (!taken.includes(true)) return base;
  }
}

export function listens(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
}

/** A broker that outlives the run must not be littered. */
export async function removeTopics(start: string): Promise<void> {
  const admin = new kafkajs.Kafka({
    brokers: [...(await kafkaBrokers())],
    logLevel: kafkajs.logLevel.NOTHING,
  }).admin();
  await admin.connect();
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${start}.`));
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}
