export { eventually, type EventuallyOptions } from './eventually.js';
export { FakeClock, type Duration } from './fake-clock.js';
export { FaultProxy, type Target } from './fault-proxy/fault-proxy.js';
export { freePort, freePorts } from './free-port.js';
export { kafkaBrokers } from './kafka/kafka-brokers.js';
export type { RunningKafka, StartKafkaOptions } from './kafka/running-kafka.js';
export { startKafka } from './kafka/start-kafka.js';
export { KurrentPeer, type Faults, type KurrentPeerOptions } from './kurrentdb/kurrent-peer.js';
export { createTestDatabase, createTestRole, type TestDatabase, type TestRole } from './test-database.js';
