import { Option } from 'commander';
import {
  EventStoreError,
  openKurrentEventStore,
  openPostgresEventStore,
  readKurrentLogHead,
  readLogHead,
  type EventStore,
} from '@waymark/event-store';
import { WrongUse } from './exit-codes.js';

const names = { postgres: 'PostgreSQL', kurrentdb: 'KurrentDB' } as const;
type LogKind = keyof typeof names;

function kindOf(address: string): LogKind | undefined {
  if (/^postgres(ql)?:\/\//.test(address)) return URL.canParse(address) ? 'postgres' : undefined;
  return /^(esdb|kurrentdb)(\+discover)?:\/\//.test(address) ? 'kurrentdb' : undefined;
}

/** Never repeats what was given: it may hold a password. */
export const addressOption = (flag: string, variable: string, description: string): Option =>
  new Option(`--${flag} <address>`, description).env(variable).argParser((text: string) => {
    if (kindOf(text) !== 'postgres')
      throw new WrongUse(`--${flag} or ${variable} is not of the form postgres://user@host/database`);
    return text;
  });

function logAddressOption(flag: string, variable: string, description: string, kinds: readonly LogKind[]): Option {
  const given = `--${flag} or ${variable}`;
  return new Option(`--${flag} <address>`, description).env(variable).argParser((text: string) => {
    const kind = kindOf(text);
    if (kind === undefined)
      throw new WrongUse(`${given} is not of the form postgres://user@host/database or esdb://user@host:2113`);
    if (!kinds.includes(kind))
      throw new WrongUse(
        `${given} is for PostgreSQL: a log on KurrentDB has no tables to look at, and no export can be imported ` +
          'there, because that server gives the positions itself',
      );
    // Who has forgotten one of the two would be told that an empty log is intact.
    const { EVENT_STORE: chosen = kind } = process.env;
    if (chosen !== kind) throw new WrongUse(`EVENT_STORE is ${chosen}, but ${given} is an address of ${names[kind]}`);
    return text;
  });
}

export const urlOption = (): Option =>
  logAddressOption(
    'url',
    'EVENT_STORE_URL',
    'address, in PostgreSQL or KurrentDB, of somebody who may read the whole log',
    ['postgres', 'kurrentdb'],
  );

export const adminUrlOption = (description: string): Option =>
  logAddressOption('admin-url', 'EVENT_STORE_ADMIN_URL', description, ['postgres']);

export function demand(address: string | undefined, flag: string, variable: string): string {
  if (address === undefined) throw new WrongUse(`--${flag} or ${variable} is needed`);
  return address;
}

interface Addresses {
  readonly url?: string;
  /** Of the owner of the same log, where the command can use it. */
  readonly adminUrl?: string;
}

/** Opens the log for reading as a whole, and says up to where it goes now. */
export async function withLog<Result>(
  { url, adminUrl }: Addresses,
  work: (store: EventStore, head: bigint) => Promise<Result>,
): Promise<Result> {
  const address = demand(url, 'url', 'EVENT_STORE_URL');
  const kind = kindOf(address);
  if (kind === 'kurrentdb' && adminUrl !== undefined)
    throw new WrongUse('--admin-url or EVENT_STORE_ADMIN_URL is of another log: that of --url is on KurrentDB');
  const { readHead, open } = kind === 'kurrentdb' ? inKurrent(address) : inPostgres(address);
  const head = await readHead().catch((error: unknown) => {
    const forbidden = error instanceof EventStoreError && error.code === 'category_forbidden';
    throw forbidden ? new WrongUse('the role of --url may not read the whole log, as that of audit may') : error;
  });
  const store = open();
  try {
    return await work(store, head);
  } finally {
    await store.close();
  }
}

function inPostgres(url: string) {
  const applicationName = 'waymark-cli';
  return {
    readHead: () => readLogHead({ url, applicationName }),
    open: () => openPostgresEventStore({ url, poolSize: 1, applicationName }),
  };
}

function inKurrent(url: string) {
  const readHead = async (): Promise<bigint> => {
    try {
      return await readKurrentLogHead({ url });
    } catch (error) {
      throw error instanceof TypeError ? new WrongUse(`--url or EVENT_STORE_URL: ${error.message}`) : error;
    }
  };
  return { readHead, open: () => openKurrentEventStore({ url }) };
}

export const partOf = (position: bigint, head: bigint): number => (head === 0n ? 1 : Number(position) / Number(head));
