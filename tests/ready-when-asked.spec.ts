import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { eventually, freePort, type RunningKafka, startKafka } from '@waymark/testing';
import kafkajs from 'kafkajs';
import pg from 'pg';

const concern = {
  ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'affected_person' },
  ...{ matter: ['harassment'], language: 'en', immediateDanger: false, narrative: 'Every night.' },
};

describe('readiness, at the moment when it is asked', () => {
  let dir: string;
  let kafka: RunningKafka;
  let options: { readonly dir: string; readonly port: number };
  let stage: Stage;
  let log: pg.Client;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'waymark-ready-'));
    options = { dir: join(dir, 'broker'), port: await freePort() };
    kafka = await startKafka(options);
    const environment = { BUS: 'kafka', KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_PARTITIONS: '1' };
    stage = await startStage({ services: [intake, caseService], environment });
    log = new pg.Client({ connectionString: stage.eventStoreAdminUrl });
    await log.connect();
    await untilReady();
  }, 180_000);
  afterAll(async () => {
    await log?.end();
    await stage?.close();
    await kafka?.remove();
    await rm(dir, { recursive: true, force: true });
  }, 60_000);

  const health = async () => {
    const { status, body } = await stage.ask('case', 'GET', '/health/ready');
    return {
      status,
      detail: String(body.detail ?? ''),
      ...(status === 200 ? { is: body.status, bus: body.parts.bus } : {}),
    };
  };
  const ready = { status: 200, detail: '', is: 'ok', bus: 'ok' };
  const degraded = (bus: RegExp) => ({ status: 200, detail: '', is: 'degraded', bus: expect.stringMatching(bus) });
  const unready = (detail: RegExp) => ({ status: 503, detail: expect.stringMatching(detail) });
  const untilReady = () =>
    eventually(async () => expect(await health()).toEqual(ready), { timeoutMs: 60_000, everyMs: 200 });

  it('says that the tables of the service are gone', async () => {
    await stage.query('case', 'ALTER TABLE idempotency RENAME TO idempotency_gone');
    expect(await health()).toEqual(unready(/^database: /));
    await stage.query('case', 'ALTER TABLE idempotency_gone RENAME TO idempotency');
    await untilReady();
  });

  it('says that the keys are gone, although their server answers', async () => {
    await stage.queryKeys('case', 'ALTER TABLE data_keys RENAME TO data_keys_gone');
    expect(await health()).toEqual(unready(/^key_store: /));
    await stage.queryKeys('case', 'ALTER TABLE data_keys_gone RENAME TO data_keys');
    await untilReady();
  });

  it('says that the log is gone, although its server answers', async () => {
    await log.query('ALTER SCHEMA waymark RENAME TO gone');
    expect(await health()).toEqual(unready(/event_store: /));
    await log.query('ALTER SCHEMA gone RENAME TO waymark');
    await untilReady();
  });

  it('says which topics the broker has lost, until they are made again', async () => {
    const admin = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    for (const topic of ['waymark.case.dead', 'waymark.intake']) {
      // Somebody may be as fast as this and have made it again.
      await eventually(async () => {
        await admin.deleteTopics({ topics: [topic] }).catch(() => undefined);
        expect(await health()).toEqual(degraded(new RegExp(`^degraded: topics are missing: ${topic}$`)));
      });
      await untilReady();
    }
    await admin.disconnect();
  }, 120_000);

  it('takes requests without the broker, says that it is away as soon as it is, and that it is back', async () => {
    await kafka.kill();
    expect(await health()).toEqual(degraded(/^degraded: /));
    const raised = await stage.ask('intake', 'POST', '/v1/concerns', { body: concern });
    expect(raised).toMatchObject({ status: 201 });
    const metrics = await (await fetch(`${stage.running('case').url}/metrics`)).text();
    expect(metrics).toMatch(/waymark_part_fit\{part="bus",service="case"\} 0\n/);
    expect(metrics).toMatch(/waymark_part_fit\{part="database",service="case"\} 1\n/);
    kafka = await startKafka(options);
    await untilReady();
  }, 180_000);

  it('is looked at for a crowd as for one', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, health));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set([JSON.stringify(ready)]));
  });
});
