import { randomBytes } from 'node:crypto';
import { grantCategories, migrateEventStore } from '@waymark/event-store';
import type { FreshDatabase } from '../bench-server.js';

/** Makes a log of the database; answers the address of a role that may append concerns and read everything, as a service would. */
export async function logRoleOn({ url }: FreshDatabase): Promise<string> {
  const role = 'waymark_bench';
  const password = randomBytes(12).toString('hex');
  await migrateEventStore({ adminUrl: url });
  await grantCategories({ adminUrl: url, role, password, append: ['concern'], read: 'all' });
  const own = new URL(url);
  own.username = role;
  own.password = password;
  return own.href;
}
