import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseService } from '@waymark/case';
import { topicOf } from '@waymark/contracts';
import { type Bus, openKafkaBus, withPrefix } from '@waymark/messaging';
import { createLog } from '@waymark/service-kit';
import { startStage, type Stage } from '@waymark/stage';
import { eventually, kafkaBrokers } from '@waymark/testing';
import kafkajs from 'kafkajs';
import { operatorOf } from './dead-letters.fixture.js';
import { removeTopics } from './processes.fixture.js';

const prefix = `d${randomUUID().slice(0, 8)}`;

describe('an operator of a service that takes its messages from Kafka', () => {
  let stage: Stage;
  let intakeBus: Bus;
  let kafka: kafkajs.Kafka;
  let operator: ReturnType<typeof operatorOf>;

  beforeAll(async () => {
    const brokers = await kafkaBrokers();
    const environment = {
      ...{ BUS: 'kafka', KAFKA_BROKERS: brokers.join(','), KAFKA_PREFIX: `${prefix}.`, KAFKA_PARTITIONS: '2' },
      ...{ KAFKA_SESSION_TIMEOUT_MS: '6000' },
    };
    stage = await startStage({ services: [caseService], environment });
    operator = operatorOf(stage);
    const log = createLog('test', 'silent');
    intakeBus = withPrefix(`${prefix}.`, openKafkaBus({ brokers, clientId: 'intake', log }));
    kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  }, 120_000);
  afterAll(async () => {
    await intakeBus?.close();
    await stage?.close();
    await removeTopics(prefix);
  }, 60_000);

  /** What lies on the topic of dead letters about these subjects, once there are so many. */
  async function copiesOf(subject: string, count: number) {
    const consumer = kafka.consumer({ groupId: `${prefix}.${randomUUID()}` });
    const found: { readonly headers: Readonly<Record<string, string>>; readonly text: string }[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic: `${prefix}.waymark.case.dead`, fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ message: { key, value, headers = {} } }) => {
        if (key?.toString() !== subject) return;
        const texts = Object.entries(headers).map(([name, header]) => [name, String(header)] as const);
        found.push({ headers: Object.fromEntries(texts), text: String(value) });
      },
    });
    await eventually(() => found.length >= count, { timeoutMs: 30_000 }).finally(() => consumer.disconnect());
    return found;
  }

  it('finds where a message lay, finds the copy on the topic of dead letters, redrives in vain, and discards it with a reason', async () => {
    const concernId = randomUUID();
    const malformed = operator.accepted(concernId, 1, { malformed: true });
    await intakeBus.publish(topicOf('intake'), [malformed, operator.accepted(concernId, 2)]);
    const letters = await operator.untilLetters(concernId, 2);
    const poison = letters.find(({ sequence }: { readonly sequence: number }) => sequence === 1);
    expect(poison).toMatchObject({
      reason: 'handler_failed',
      attempts: 5,
      origin: { topic: `${prefix}.waymark.intake`, partition: expect.any(Number), offset: expect.any(String) },
    });
    const copies = await copiesOf(concernId, 2);
    expect(copies.map(({ text }) => JSON.parse(text).id)).toContain(malformed.id);

    expect(await operator.told('redrive', poison.id)).toMatchObject({ code: 1, outcome: 'done', redriven: 0 });
    expect(await operator.caseOpened(concernId)).toBe(false);

    expect(await operator.told('discard', poison.id, '--reason', 'malformed', '--operator', 'tomas')).toMatchObject({
      code: 0,
      outcome: 'done',
      redriven: 1,
    });
    expect(await operator.caseOpened(concernId)).toBe(true);
    expect(await operator.lettersOf(concernId)).toEqual([]);
    expect(await operator.operations()).toMatchObject([
      { type: 'MessageDiscarded', data: { messageId: malformed.id, subject: concernId, reason: 'malformed' } },
    ]);

    await intakeBus.publish(topicOf('intake'), [malformed, operator.accepted(concernId, 3)]);
    const handled = 'SELECT 1 FROM inbox WHERE message_id = $1';
    const next = operator.accepted(randomUUID(), 1);
    await intakeBus.publish(topicOf('intake'), [next]);
    await eventually(async () => expect(await stage.query('case', handled, [next.id])).toHaveLength(1));
    expect(await operator.lettersOf(concernId)).toEqual([]);
  });

  it('whose order waits while the service is down finds it done when it is back, and other keys went on', async () => {
    const [held, free] = [randomUUID(), randomUUID()];
    const poison = operator.accepted(held, 1, {});
    await intakeBus.publish(topicOf('intake'), [poison, operator.accepted(held, 2), operator.accepted(free, 1)]);
    const letters = await operator.untilLetters(held, 2);
    await eventually(async () => expect(await operator.caseOpened(free)).toBe(true));
    const { id } = letters.find(({ messageId }: { readonly messageId: string }) => messageId === poison.id);

    await stage.stop('case');
    const order = await operator.told('discard', id, '--reason', 'malformed', '--wait', '1');
    expect(order).toMatchObject({ code: 1, outcome: 'ordered' });
    expect(await operator.caseOpened(held)).toBe(false);

    await stage.start('case');
    await eventually(async () => expect(await operator.caseOpened(held)).toBe(true), { timeoutMs: 30_000 });
    await eventually(async () => expect(await operator.lettersOf(held)).toEqual([]));
    expect(await operator.told('redrive', id)).toMatchObject({ code: 1, outcome: 'closed_before', as: 'discarded' });
  });
});
