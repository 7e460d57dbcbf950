import { Option } from 'commander';
import { EventStoreError, openPostgresEventStore, readLogHead, type EventStore } from '@waymark/event-store';
import { WrongUse } from './exit-codes.js';

const isAddress = (text: string): boolean => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text);

/** Never repeats what was given: it may hold a password. */
export const addressOption = (flag: string, variable: string, description: string): Option =>
  new Option(`--${flag} <address>`, description).env(variable).argParser((text: string) => {
    if (!isAddress(text))
      throw new WrongUse(`--${flag} or ${variable} is not of the form postgres://user@host/database`);
    return text;
  });

export const urlOption = (): Option =>
  addressOption('url', 'EVENT_STORE_URL', 'PostgreSQL address of a role that may read the whole log');

export const adminUrlOption = (description: string): Option =>
  addressOption('admin-url', 'EVENT_STORE_ADMIN_URL', description);

export function demand(address: string | undefined, flag: string, variable: string): string {
  if (address === undefined) throw new WrongUse(`--${flag} or ${variable} is needed`);
  return address;
}

/** Opens the log for reading as a whole, and says up to where it goes now. */
export async function withLog<Result>(
  url: string | undefined,
  work: (store: EventStore, head: bigint) => Promise<Result>,
): Promise<Result> {
  const address = demand(url, 'url', 'EVENT_STORE_URL');
  const applicationName = 'waymark-cli';
  const head = await readLogHead({ url: address, applicationName }).catch((error: unknown) => {
    const forbidden = error instanceof EventStoreError && error.code === 'category_forbidden';
    throw forbidden ? new WrongUse('the role of --url may not read the whole log, as that of audit may') : error;
  });
  const store = openPostgresEventStore({ url: address, poolSize: 1, applicationName });
  try {
    return await work(store, head);
  } finally {
    await store.close();
  }
}

export const partOf = (position: bigint, head: bigint): number => (head === 0n ? 1 : Number(position) / Number(head));
