import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Bus, openKafkaBus, withPrefix } from '@waymark/messaging';
import { provision } from '@waymark/provision';
import { type RunningService, startService } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { type Stage, startStage } from '@waymark/stage';
import {
  createTestDatabase,
  eventually,
  freePort,
  makeTestAuthority,
  type RunningKafka,
  startKafka,
  type TestAuthority,
  type TestDatabase,
} from '@waymark/testing';
import kafkajs from 'kafkajs';
import { readFileSync } from 'node:fs';
import { buildServices, outcomeOf } from './processes.fixture.js';

const prefix = `r${randomBytes(4).toString('hex')}`;
const longTest = 600_000;
const concern = {
  ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'affected_person', matter: ['harassment'] },
  ...{ language: 'en', immediateDanger: false, narrative: 'It goes on.' },
};

describe('services of which each may use its own topics only', () => {
  let dir: string;
  let database: TestDatabase;
  let authority: TestAuthority;
  let kafka: RunningKafka;
  let environments: Awaited<ReturnType<typeof provision>>;
  let stage: Stage | undefined;
  const services: RunningService[] = [];
  const operator = { KAFKA_USERNAME: 'operator', KAFKA_PASSWORD: `jasmine-${randomUUID()}` };
  const command = join(process.cwd(), 'infra', 'provision', 'dist', 'kafka.main.js');

  beforeAll(async () => {
    await buildServices();
    dir = await mkdtemp(join(tmpdir(), 'waymark-rights-'));
    database = await createTestDatabase('rights');
    authority = await makeTestAuthority(join(dir, 'authority'));
    environments = await provision({
      ...{ adminUrl: database.url, secretsDir: join(dir, 'secrets'), prefix, bus: 'kafka', kafkaLogins: true },
    });
    const logins = [operator, ...environments.values()].map(
      ({ KAFKA_USERNAME = '', KAFKA_PASSWORD = '' }) => [KAFKA_USERNAME, KAFKA_PASSWORD] as const,
    );
    kafka = await startKafka({
      dir: join(dir, 'kafka'),
      port: await freePort(),
      secure: { users: Object.fromEntries(logins), authority, superUsers: ['operator'] },
    });
  }, longTest);
  afterAll(async () => {
    await Promise.all(services.map((service) => service.stop()));
    await stage?.close();
    await kafka?.remove();
    await database?.drop();
    await rm(dir, { recursive: true, force: true });
  }, longTest);

  const secured = () => ({
    ...{ KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: authority.certificateFile },
    KAFKA_PREFIX: `${prefix}.`,
  });
  const giveRights = (login: Readonly<Record<string, string>> = operator) =>
    outcomeOf(command, { ...secured(), ...login, DATABASE_PREFIX: prefix });
  const refused = /authoriz/i;

  const noted: string[] = [];
  /** The bus with the login of a service. */
  const busOf = (service: string): Bus => {
    const { KAFKA_USERNAME: username = '', KAFKA_PASSWORD: password = '' } = environments.get(service) ?? {};
    const note = (fields: object, text: string): void => void noted.push(JSON.stringify([service, fields, text]));
    const bus = openKafkaBus({
      ...{ brokers: kafka.brokers, clientId: service, log: { debug: note, info: note, warn: note, error: note } },
      ssl: { ca: [readFileSync(authority.certificateFile, 'utf8')] },
      sasl: { mechanism: 'scram-sha-512', username, password },
    });
    return withPrefix(`${prefix}.`, bus);
  };
  const message = () => ({
    ...({ specversion: '1.0', id: randomUUID(), source: '/waymark/test', type: 'test.something-happened.v1' } as const),
    ...({ subject: randomUUID(), time: '2026-03-02T08:00:00.000Z', datacontenttype: 'application/json' } as const),
    ...{ sequence: 1, correlationid: 'c', causationid: 'c', data: {} },
  });

  it(
    'may do nothing before the rights are given, and an unprivileged user cannot give them',
    async () => {
      const bus = busOf('intake');
      await expect(bus.ensureTopics(['waymark.intake'])).rejects.toThrow(refused);
      await bus.close();
      const { code, output } = await giveRights({
        KAFKA_USERNAME: String(environments.get('case')?.KAFKA_USERNAME),
        KAFKA_PASSWORD: String(environments.get('case')?.KAFKA_PASSWORD),
      });
      expect({ code, output }).toEqual({
        code: 1,
        output: expect.stringMatching(/^kafka rights: .*authorization failed/i),
      });
    },
    longTest,
  );

  it(
    'gets them by the command, which changes nothing the second time and takes what is no longer declared',
    async () => {
      expect(await giveRights()).toMatchObject({ code: 0, output: '' });
      const admin = new kafkajs.Kafka({
        ...{ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING },
        ssl: { ca: [readFileSync(authority.certificateFile, 'utf8')] },
        sasl: { mechanism: 'scram-sha-512', username: operator.KAFKA_USERNAME, password: operator.KAFKA_PASSWORD },
      }).admin();
      await admin.connect();
      const { AclOperationTypes: operations, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
      const everything = async () => {
        const { resources } = await admin.describeAcls({
          ...{ resourceType: AclResourceTypes.ANY, resourcePatternType: ResourcePatternTypes.ANY },
          ...{ operation: operations.ANY, permissionType: AclPermissionTypes.ANY },
        });
        return resources.flatMap(({ resourceName, acls }) =>
          acls.map(({ principal, operation }) => `${principal} ${operation} ${resourceName}`),
        );
      };
      const declared = (await everything()).toSorted();
      const stale = {
        ...{ resourceType: AclResourceTypes.TOPIC, resourcePatternType: ResourcePatternTypes.LITERAL, host: '*' },
        ...{ resourceName: `${prefix}.waymark.consent`, principal: `User:${prefix}_reporting` },
        ...{ operation: operations.READ, permissionType: AclPermissionTypes.ALLOW },
      };
      const stranger = { ...stale, principal: 'User:somebody-else' };
      await admin.createAcls({ acl: [stale, stranger] });
      expect(await giveRights()).toMatchObject({ code: 0 });
      const kept = `User:somebody-else ${operations.READ} ${prefix}.waymark.consent`;
      expect((await everything()).toSorted()).toEqual([...declared, kept].toSorted());
      await admin.disconnect();
    },
    longTest,
  );

  it(
    'makes its own topics, and nobody else’s',
    async () => {
      const stranger = busOf('case');
      await expect(stranger.ensureTopics(['waymark.intake'])).rejects.toThrow(refused);
      await stranger.close();
      const owned = { intake: ['intake', 'facts'], case: ['case'], consent: ['consent'], referral: ['referral'] };
      for (const [service, topics] of Object.entries(owned)) {
        const bus = busOf(service);
        await bus.ensureTopics(topics.map((topic) => `waymark.${topic}`));
        await bus.publish(`waymark.${topics[0]}`, [message()]);
        await bus.close();
      }
    },
    longTest,
  );

  it(
    'works together with the others: what each tells comes to those who declare that they listen',
    async () => {
      stage = await startStage({ services: [], databasesOf: definitions.map(({ name }) => name) });
      for (const definition of definitions) {
        const { KAFKA_USERNAME, KAFKA_PASSWORD } = environments.get(definition.name) ?? {};
        const environment = { ...stage.environmentOf(definition.name), ...secured(), KAFKA_USERNAME, KAFKA_PASSWORD };
        services.push(await startService(definition, { environment: { ...environment, BUS: 'kafka' } }));
      }
      const on = stage;
      for (const { name } of definitions)
        await eventually(async () => expect((await on.ask(name, 'GET', '/health/ready')).body.status).toBe('ok'), {
          timeoutMs: 60_000,
        });
      const { concernId, receipt } = (await on.ask('intake', 'POST', '/v1/concerns', { body: concern })).body;
      const steps: [string, object][] = [
        ['allocation', {}],
        ['messages', { text: 'We are here.' }],
        ['triage', { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true }],
        ['guidance', { avenues: ['ombudsman_mediation'], decision: 'proceed' }],
        ['acceptance', {}],
      ];
      for (const [step, body] of steps)
        expect(
          await on.ask('intake', 'POST', `/v1/concerns/${concernId}/${step}`, { as: 'amina.officer', body }),
        ).toMatchObject({ status: 200 });
      await eventually(
        async () => {
          const session = await on.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt } });
          expect(session.body).toMatchObject({ scope: 'client' });
          for (const listener of ['intake', 'case', 'consent', 'referral', 'reporting'])
            expect(await on.query(listener, 'SELECT FROM inbox')).not.toEqual([]);
        },
        { timeoutMs: 120_000, everyMs: 500 },
      );
      const cases = await on.ask('case', 'GET', `/v1/cases?concernId=${concernId}`, { as: 'amina.officer' });
      expect(cases.body.items).toHaveLength(1);
    },
    longTest,
  );

  it.each([
    ['case', 'waymark.intake'],
    ['intake', 'waymark.case'],
    ['reporting', 'waymark.facts'],
    ['consent', 'waymark.referral.dead'],
  ])(
    '%s is refused when it publishes on %s, of which nothing comes',
    async (service, topic) => {
      const bus = busOf(service);
      await expect(bus.publish(topic, [message()])).rejects.toThrow(refused);
      await bus.close();
    },
    longTest,
  );

  it.each([
    ['reporting', 'reporting', 'waymark.intake', 'refused: this user has no right'],
    ['case', 'case', 'waymark.facts', 'refused: this user has no right'],
    // kafkajs keeps to itself why there is no coordinator for it.
    ['case', 'referral', 'waymark.intake', 'KafkaJSGroupCoordinatorNotFound'],
  ])(
    '%s is given nothing as %s of %s, and says why',
    async (service, group, topic, why) => {
      const bus = busOf(service);
      noted.length = 0;
      const given: unknown[] = [];
      const subscription = bus.subscribe({
        ...{ group, topics: [topic] },
        handle: async (got) => void given.push(got),
        unreadable: async (got) => void given.push(got),
      });
      await eventually(() => expect(noted.join('\n')).toContain(why), {
        timeoutMs: 60_000,
      });
      expect(given).toEqual([]);
      await subscription.stop();
      await bus.close();
    },
    longTest,
  );
});
