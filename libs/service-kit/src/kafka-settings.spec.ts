import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openKafkaBus, withPrefix, type Bus } from '@waymark/messaging';
import {
  eventually,
  freePort,
  makeTestAuthority,
  startKafka,
  type RunningKafka,
  type TestAuthority,
} from '@waymark/testing';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings } from './config.js';
import { kafkaOptions } from './kafka-settings.js';

const password = `jasmine-${randomUUID()}`;
const longTest = 120_000;

let dir: string;
let authority: TestAuthority;
let stranger: TestAuthority;
let kafka: RunningKafka;
let logged: string[];

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'waymark-secure-kafka-'));
  authority = await makeTestAuthority(path.join(dir, 'authority'));
  stranger = await makeTestAuthority(path.join(dir, 'stranger'));
  kafka = await startKafka({
    dir: path.join(dir, 'kafka'),
    port: await freePort(),
    secure: { users: { waymark: password }, authority },
  });
}, longTest);
afterAll(async () => {
  await kafka?.remove();
  await rm(dir, { recursive: true, force: true });
}, longTest);

const settings = (changed: NodeJS.ProcessEnv) =>
  readSettings(
    'intake',
    {
      PORT: '3001',
      DATABASE_URL: 'postgres://localhost/intake',
      KEYS_DATABASE_URL: 'postgres://localhost/intake_keys',
      EVENT_STORE_URL: 'postgres://localhost/events',
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_TLS: 'true',
      KAFKA_TLS_CA_FILE: authority.certificateFile,
      KAFKA_USERNAME: 'waymark',
      KAFKA_PASSWORD: password,
      OIDC_ISSUER: 'http://localhost:3010',
      RECEIPT_ISSUER: 'http://localhost:3001',
      SERVICE_CLIENT_SECRET: 'lavender',
      KEY_FILE: '/run/secrets/key',
      SECRET_FILE: '/run/secrets/secret',
      ...changed,
    },
    {},
  );

function open(changed: NodeJS.ProcessEnv = {}): Bus {
  logged = [];
  const note = (fields: object, text: string): void => void logged.push(JSON.stringify([fields, text]));
  const log = { debug: note, info: note, warn: note, error: note };
  return withPrefix(`p-${randomUUID()}-`, openKafkaBus({ ...kafkaOptions(settings(changed)), clientId: 'test', log }));
}

const whatHappens = async (bus: Bus): Promise<string> =>
  bus.ping().then(
    () => 'answered',
    (error: unknown) => String(error),
  );

describe('a broker with TLS and SCRAM-SHA-512', () => {
  it('carries messages for whoever has the password and trusts its authority, both from files', async () => {
    const passwordFile = path.join(dir, 'password');
    await writeFile(passwordFile, `${password}\n`);
    const bus = open({ KAFKA_PASSWORD: undefined, KAFKA_PASSWORD_FILE: passwordFile });
    const received: number[] = [];
    try {
      await bus.ensureTopics(['waymark.intake']);
      const subscription = bus.subscribe({
        group: 'case',
        topics: ['waymark.intake'],
        handle: async ({ sequence }) => void received.push(sequence),
        unreadable: async () => undefined,
      });
      await bus.publish('waymark.intake', [
        {
          specversion: '1.0',
          id: randomUUID(),
          source: '/waymark/intake',
          type: 'test.something-happened.v1',
          subject: 'a',
          time: '2026-03-02T08:00:00.000Z',
          datacontenttype: 'application/json',
          sequence: 1,
          correlationid: 'c',
          causationid: 'c',
          data: {},
        },
      ]);
      await eventually(() => received.length === 1, { timeoutMs: 30_000 });
      await eventually(async () =>
        expect((await subscription.lag()).map(({ behind }) => behind)).toEqual([0, 0, 0, 0, 0, 0]),
      );
    } finally {
      await bus.close();
    }
    expect(logged.join('\n')).not.toContain('jasmine');
  });

  it.each([
    ['a wrong password', { KAFKA_PASSWORD: 'jasmine-of-another' }, /SASL.*authentication failed/i],
    ['an unknown name', { KAFKA_USERNAME: 'somebody' }, /SASL.*authentication failed/i],
    ['no password at all', { KAFKA_USERNAME: undefined, KAFKA_PASSWORD: undefined }, /./],
    ['no TLS', { KAFKA_TLS: 'false', KAFKA_TLS_CA_FILE: undefined }, /./],
  ])('refuses %s and says so without naming it', async (_, changed, refusal) => {
    const bus = open(changed);
    const said = await whatHappens(bus);
    await bus.close();
    expect(said).not.toBe('answered');
    expect(said).toMatch(refusal);
    expect(`${said}\n${logged.join('\n')}`).not.toContain('jasmine');
  });

  it('is refused when its certificate is of an authority that is not trusted, given or not', async () => {
    for (const file of [stranger.certificateFile, undefined]) {
      const bus = open({ KAFKA_TLS_CA_FILE: file });
      expect(await whatHappens(bus)).toMatch(/certificate/);
      await bus.close();
    }
  });

  it.each([
    ['a wrong password', { KAFKA_PASSWORD: 'jasmine-of-another' }, 'refused: name or password is wrong'],
    ['an authority that it does not trust', { KAFKA_TLS_CA_FILE: 'stranger' }, 'certificate is not trusted'],
  ])('is not stormed by a consumer with %s, which says why it cannot work', async (_, changed, reason) => {
    const bus = open('KAFKA_TLS_CA_FILE' in changed ? { KAFKA_TLS_CA_FILE: stranger.certificateFile } : changed);
    const subscription = bus.subscribe({
      group: 'case',
      topics: ['waymark.intake'],
      handle: async () => undefined,
      unreadable: async () => undefined,
    });
    await eventually(() => logged.some((line) => line.includes(reason)), { timeoutMs: 30_000 });
    const before = logged.length;
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    // A storm would be hundreds.
    expect(logged.length - before).toBeLessThan(30);
    await subscription.stop();
    await bus.close();
    expect(logged.join('\n')).not.toContain('jasmine');
  });
});

describe('the settings for Kafka', () => {
  it.each([
    ['a name without a password', { KAFKA_PASSWORD: undefined }, 'KAFKA_PASSWORD: needed'],
    ['a password without a name', { KAFKA_USERNAME: undefined }, 'KAFKA_USERNAME: needed'],
    ['a password twice', { KAFKA_PASSWORD_FILE: '/run/secrets/jasmine' }, 'KAFKA_PASSWORD_FILE: not beside'],
    [
      'a file that is not there',
      { KAFKA_TLS_CA_FILE: '/nowhere/jasmine' },
      'KAFKA_TLS_CA_FILE: the file cannot be read (ENOENT)',
    ],
    ['an authority without TLS', { KAFKA_TLS: 'false' }, 'KAFKA_TLS_CA_FILE: goes with'],
    ['half a partition', { KAFKA_PARTITIONS: '0.5' }, 'KAFKA_PARTITIONS: '],
  ])('are refused with %s, by name and without the value', (_, changed, refusal) => {
    const read = () => kafkaOptions(settings(changed));
    expect(read).toThrow(refusal);
    expect(read).not.toThrow(/jasmine/);
  });
});
