import { randomUUID } from 'node:crypto';
import type { Message } from '../port.js';
import { happened, silent, takeEffect, type InboxGround } from './inbox.fixture.js';
import type { Withdrawn } from '../orders/order-table.js';
import { letterOrders, type LetterOrder, type LetterOrderResult } from './orders.js';
import { runConsumer, type Consumer, type ConsumerOptions, type OperatorDecision } from './run-consumer.js';

export type Fails = (message: Message) => Error | undefined;

/** One topic, one consumer on it whose only effect is a row, and what came of it. */
export interface ConsumerGround {
  readonly topic: string;
  /** What was recorded in the log, had it been one: decisions in their order. */
  readonly decisions: OperatorDecision[];
  start(options?: Partial<ConsumerOptions> & { readonly fails?: Fails }): Consumer;
  effects(subject: string): Promise<number[]>;
  order(order: Pick<LetterOrder, 'deadLetterId' | 'kind' | 'reason'>, operator?: string): Promise<string>;
  result(orderId: string): Promise<LetterOrderResult | Withdrawn | undefined>;
  stop(): Promise<void>;
}

export async function openConsumerGround({ bus, dataSource }: InboxGround): Promise<ConsumerGround> {
  const topic = `waymark.test-${randomUUID()}`;
  await bus.ensureTopics([topic]);
  const running: Consumer[] = [];
  const decisions: OperatorDecision[] = [];
  return {
    topic,
    decisions,
    start: ({ fails, ...options } = {}) => {
      const consumer = runConsumer({
        bus,
        group: topic,
        topics: [topic],
        dataSource,
        handlers: {
          [happened]: async (message, { manager }) => {
            await takeEffect(topic, message, manager);
            const failure = fails?.(message);
            if (failure) throw failure;
          },
        },
        retries: { attempts: 2, firstPauseMs: 5 },
        sweepEveryMs: 20,
        onDecision: async (decision) => void decisions.push(decision),
        log: silent,
        ...options,
      });
      running.push(consumer);
      return consumer;
    },
    effects: async (subject) => {
      const rows = await dataSource.query<{ sequence: number }[]>(
        'select sequence from effects where consumer = $1 and subject = $2 order by place',
        [topic, subject],
      );
      return rows.map((row) => row.sequence);
    },
    order: (order, operator = 'amina') =>
      letterOrders.place(dataSource.manager, { consumer: topic, operator, ...order }, 'a note'),
    result: (orderId) => letterOrders.result(dataSource.manager, orderId),
    stop: async () => {
      await Promise.all(running.map((consumer) => consumer.stop()));
    },
  };
}
