import pg from 'pg';
import { encodeMessage } from '../envelope.js';
import { errorFields, type Log } from '../log.js';
import type { Bus } from '../port.js';
import { PostgresSubscription } from './subscription.js';

/**
 * The bus over a PostgreSQL database of its own (see `migrateBus`), for running everything without Kafka. Same guarantees.
 * Each subscription uses one connection, publishing up to four.
 */
export function openPostgresBus(options: { readonly url: string; readonly log: Log }): Bus {
  const { url, log } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max: 4,
    application_name: 'bus:publisher',
    keepAlive: true,
    connectionTimeoutMillis: 10_000,
    query_timeout: 30_000,
  });
  pool.on('error', (error) => log.warn(errorFields(error), 'idle bus connection lost'));
  const subscriptions = new Set<PostgresSubscription>();

  return {
    async publish(topic, messages) {
      if (messages.length === 0) return;
      const subjects = messages.map((message) => message.subject);
      await pool.query('select bus.publish($1, $2, $3)', [topic, subjects, messages.map(encodeMessage)]);
    },
    subscribe(subscription) {
      const member = new PostgresSubscription(url, subscription, log);
      subscriptions.add(member);
      return {
        ready: member.ready,
        lag: async () => {
          const { rows } = await pool.query<{ topic: string; partition: number; behind: string }>(
            'select topic, partition, behind from bus.lag($1, $2)',
            [subscription.group, subscription.topics],
          );
          return rows.map((row) => ({ ...row, behind: Number(row.behind) }));
        },
        stop: async () => {
          await member.stop();
          subscriptions.delete(member);
        },
      };
    },
    async ensureTopics(topics) {
      const names = topics.map((topic) => (typeof topic === 'string' ? topic : topic.name));
      await pool.query('select bus.ensure_topics($1)', [names]);
    },
    async ping() {
      await pool.query('select 1');
    },
    async close() {
      await Promise.all([...subscriptions].map((member) => member.stop()));
      await pool.end();
    },
  };
}
