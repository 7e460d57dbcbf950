import { randomUUID } from 'node:crypto';
import type { FreshDatabase } from '../bench-server.js';
import type { SystemUnderBench } from './systems.js';

interface EmmettEvent {
  readonly type: string;
  readonly data: object;
  readonly metadata: object;
}

interface EmmettConsumer {
  reactor(options: {
    readonly processorId: string;
    readonly startFrom: 'BEGINNING' | 'END';
    readonly eachMessage: (message: { readonly data: { readonly eventId: string } }) => void;
    readonly stopAfter?: () => boolean;
  }): unknown;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** What is used of @event-driven-io/emmett-postgresql, which is installed apart (infra/bench/peers). */
interface EmmettStore {
  appendToStream(
    stream: string,
    events: readonly EmmettEvent[],
    options: { readonly expectedStreamVersion: bigint | 'STREAM_DOES_NOT_EXIST' },
  ): Promise<unknown>;
  readStream(stream: string): Promise<{ readonly events: readonly unknown[] }>;
  schema: { migrate(): Promise<unknown> };
  close(): Promise<void>;
}

interface Emmett {
  getPostgreSQLEventStore(url: string): EmmettStore;
  postgreSQLEventStoreConsumer(options: {
    readonly connectionString: string;
    readonly pulling: { readonly batchSize: number };
  }): EmmettConsumer;
}

export async function openEmmett({ url }: FreshDatabase, peersDir: string): Promise<SystemUnderBench> {
  const entry = new URL(`file://${peersDir}/node_modules/@event-driven-io/emmett-postgresql/dist/index.js`).href;
  const emmett: Emmett = await import(entry);
  const store = emmett.getPostgreSQLEventStore(url);
  // A hundred messages a pull is its own default; a thousand is kinder to it.
  const newConsumer = (): EmmettConsumer =>
    emmett.postgreSQLEventStoreConsumer({ connectionString: url, pulling: { batchSize: 1_000 } });
  await store.schema.migrate();
  return {
    name: 'emmett',
    append: async (stream, holds, events) => {
      await store.appendToStream(
        stream,
        events.map(({ id, type, data, metadata }) => ({ type, data: { eventId: id, ...data }, metadata })),
        { expectedStreamVersion: holds === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(holds) },
      );
    },
    readStream: async (stream) => (await store.readStream(stream)).events.length,
    // Its consumer is how it reads the whole log.
    readAll: async (atMost) => {
      let count = 0;
      const consumer = newConsumer();
      consumer.reactor({
        processorId: randomUUID(),
        startFrom: 'BEGINNING',
        eachMessage: () => void (count += 1),
        stopAfter: () => count >= atMost,
      });
      await consumer.start();
      await consumer.close();
      return count;
    },
    follow: async (onEvent) => {
      const consumer = newConsumer();
      consumer.reactor({
        processorId: randomUUID(),
        startFrom: 'END',
        eachMessage: ({ data }) => onEvent(data.eventId),
      });
      const running = consumer.start();
      return {
        stop: async () => {
          await consumer.close();
          await running.catch(() => undefined);
        },
      };
    },
    close: () => store.close(),
  };
}
