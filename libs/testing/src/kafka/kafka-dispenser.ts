import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { freePort } from '../free-port.js';
import type { RunningKafka } from './running-kafka.js';
import { startKafka } from './start-kafka.js';

export type KafkaDispenser = { readonly url: string; close(): Promise<void> };

/**
 * Test files run in processes of their own and only some need a broker. This little server lives with
 * the run as a whole: it starts Kafka when it is first asked and tells everybody the same brokers.
 */
export async function startKafkaDispenser(dir: string): Promise<KafkaDispenser> {
  let kafka: Promise<RunningKafka> | undefined;
  const server = createServer((_request, response) => {
    kafka ??= freePort().then((port) => startKafka({ dir, port }));
    kafka.then(
      ({ brokers }) => response.end(brokers.join(',')),
      (error: unknown) => response.writeHead(503).end(error instanceof Error ? error.message : String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await kafka?.then((running) => running.remove()).catch(() => undefined);
    },
  };
}
