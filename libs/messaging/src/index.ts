export * from './derived-id.js';
export * from './envelope.js';
export type { Log } from './log.js';
export * from './measures.js';
export * from './port.js';
export { deadLettersWhere } from './inbox/dead-letters.js';
export * from './inbox/inbox-migration.js';
export {
  operatorReasons,
  orderResult,
  placeOrder,
  type Order,
  type OrderKind,
  type OrderResult,
} from './inbox/orders.js';
export * from './inbox/run-consumer.js';
export * from './inbox/temporary-failure.js';
export * from './kafka/bus.js';
export * from './prefixed-bus.js';
export * from './postgres/bus.js';
export * from './postgres/migrate.js';
export * from './relay/relay-migration.js';
export * from './relay/run-relay.js';
