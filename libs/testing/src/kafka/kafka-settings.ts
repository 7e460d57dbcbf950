import { storePassword } from './test-authority.js';
import type { ClusterNode, StartKafkaOptions } from './running-kafka.js';

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
  { authority: { brokerStore }, superUsers }: NonNullable<StartKafkaOptions['secure']>,
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
    ...(superUsers && {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // The broker itself and its controller come without a name, by listeners that are nobody else's.
      'super.users': ['ANONYMOUS', ...superUsers].map((user) => `User:${user}`).join(';'),
    }),
  };
}

/** Changes to the settings for a node of a cluster: what is acknowledged lies on two nodes at least. */
export function clusterSettings(
  { port, advertisedPort = port }: Pick<StartKafkaOptions, 'port' | 'advertisedPort'>,
  { id, controllerPort, internalPort, voters }: ClusterNode,
): Readonly<Record<string, string>> {
  const replicas = String(voters.length);
  const listener = (name: string, at: number) => `${name}://127.0.0.1:${at}`;
  return {
    'node.id': String(id),
    'controller.quorum.voters': voters.join(','),
    listeners: [
      listener('PLAINTEXT', port),
      listener('INTERNAL', internalPort),
      listener('CONTROLLER', controllerPort),
    ].join(','),
    'advertised.listeners': [listener('PLAINTEXT', advertisedPort), listener('INTERNAL', internalPort)].join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INTERNAL',
    'default.replication.factor': replicas,
    'min.insync.replicas': '2',
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': '2',
  };
}
