import type { Command } from 'commander';
import { resetRelay } from '@waymark/messaging';
import pg from 'pg';
import type { EntityManager } from 'typeorm';
import { WrongUse } from '../exit-codes.js';
import { demand } from '../log-address.js';
import { databaseOption, withDatabase } from '../service-database.js';
import { type CommandContext, type CommonOptions, report } from './command-context.js';

interface PublishAgainOptions extends CommonOptions {
  readonly service: string;
  readonly database?: string;
}

/** For messages that are known to be missing: repairs the topic from the log. Consumers drop what they had. */
export function addPublishAgain(messages: Command, { terminal }: CommandContext): Command {
  return messages
    .command('publish-again')
    .description('have a service publish everything again from the start of the log, with the same ids')
    .requiredOption('--service <name>', 'whose messages: such as case, or case-facts for its facts')
    .addOption(databaseOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print nothing without --json')
    .action(async ({ service, database, ...options }: PublishAgainOptions) => {
      const published = await withDatabase(database, async (manager) => {
        const before = await demandRelay(manager, service);
        await startOver(demand(database, 'database', 'DATABASE_URL'), service);
        return before;
      });
      report(terminal, options, { service, published }, () => textOf(service, published));
    });
}

/** How many messages it had published; refuses when the database is of another service. */
async function demandRelay(manager: EntityManager, service: string): Promise<number> {
  const relays = await manager.query<{ service: string; published: string }[]>(
    'SELECT service, published FROM relay_checkpoint ORDER BY service',
  );
  const found = relays.find((relay) => relay.service === service);
  if (!found) {
    const known = relays.map((relay) => relay.service).join(', ') || 'nothing';
    throw new WrongUse(`${service} does not publish from this database: ${known} does`);
  }
  return Number(found.published);
}

async function startOver(url: string, service: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1, application_name: 'waymark-cli' });
  try {
    await resetRelay(pool, service);
  } finally {
    await pool.end();
  }
}

const textOf = (service: string, published: number): string =>
  `Ordered. ${service} publishes again what it has published, ${published} messages, within seconds when it runs.\n`;
