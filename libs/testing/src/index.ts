export { eventually, type EventuallyOptions } from './eventually.js';
export { FakeClock, type Duration } from './fake-clock.js';
export { FaultProxy, type Target } from './fault-proxy/fault-proxy.js';
export { freePort, freePorts } from './free-port.js';
export { kafkaBrokers } from './kafka/kafka-brokers.js';
export { startKafkaCluster, type KafkaCluster, type KafkaClusterOptions } from './kafka/kafka-cluster.js';
export type { RunningKafka, StartKafkaOptions } from './kafka/running-kafka.js';
export { startKafka } from './kafka/start-kafka.js';
export { KurrentPeer, type Faults, type KurrentPeerOptions } from './kurrentdb/kurrent-peer.js';
export { VaultPeer, type VaultPeerOptions } from './vault/vault-peer.js';
export { makeTestAuthority, type TestAuthority } from './kafka/test-authority.js';
export { makeCertificate } from './make-certificate.js';
export { randomFrom, type Random } from './seeded-random.js';
export { readServerLog } from './server-log.js';
export {
  asSuperuser,
  createTestDatabase,
  createTestRole,
  serverUrl,
  type TestDatabase,
  type TestRole,
} from './test-database.js';
export { faultsOfGoldenEvents } from './golden-events/faults-of-golden-events.js';
export { writeGoldenEvents } from './golden-events/write-golden-events.js';
