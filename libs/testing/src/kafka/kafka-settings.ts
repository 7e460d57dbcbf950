import { storePassword, type TestAuthority } from './test-authority.js';
import type { StartKafkaOptions } from './running-kafka.js';

/** One process as broker and controller, at home on 127.0.0.1 and quick to start. */
export function kafkaSettings(
  { port, advertisedPort = port }: Pick<StartKafkaOptions, 'port' | 'advertisedPort'>,
  controllerPort: number,
  listenOn = '127.0.0.1',
): Readonly<Record<string, string>> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${listenOn}:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${advertisedPort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '1',
    'group.initial.rebalance.delay.ms': '0',
    'auto.create.topics.enable': 'false',
    // A killed broker may come back only when its old session has ended, which is 9 seconds by default.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
  };
}

/** Changes to the settings for a listener with TLS and SCRAM-SHA-512; the broker itself uses one that is open, on `openPort`. */
export function secureSettings(
  port: number,
  controllerPort: number,
  openPort: number,
  { brokerStore }: TestAuthority,
): Readonly<Record<string, string>> {
  return {
    listeners: `SASL_SSL://127.0.0.1:${port},OPEN://127.0.0.1:${openPort},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `SASL_SSL://127.0.0.1:${port},OPEN://127.0.0.1:${openPort}`,
    'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,OPEN:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'OPEN',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': brokerStore,
    'ssl.keystore.password': storePassword,
    'ssl.key.password': storePassword,
  };
}
