import { userInfo } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Withdrawn } from '@waymark/messaging';
import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext, CommonOptions } from './command-context.js';
import { positiveNumber } from './export.js';

/** Options of whoever orders something that a service then carries out. */
export interface OrderingOptions {
  readonly operator: string;
  readonly wait: number;
}

/** Goes into the log in the clear: an account's name, no sentence about anybody. */
function accountName(text: string): string {
  if (!/^[A-Za-z0-9._@-]{1,64}$/.test(text)) {
    throw new InvalidArgumentError('It must be the name of an account: letters, digits, and . _ @ -');
  }
  return text;
}

export const withOperatorOption = (command: Command): Command =>
  command.option('--operator <account>', 'who orders it', accountName, userInfo().username);

export const withOrderingOptions = (command: Command): Command =>
  withOperatorOption(command).option(
    '--wait <seconds>',
    'how long to wait until the service has done it',
    positiveNumber,
    30,
  );

const everyMs = 200;

/** What came of an order; undefined when nobody has carried it out in time. Whoever breaks off while it waits has read that it stands. */
export async function untilDone<Result>(
  orderId: string,
  read: () => Promise<Result | undefined>,
  { wait, quiet }: Pick<OrderingOptions, 'wait'> & CommonOptions,
  { stderr }: CommandContext['terminal'],
): Promise<Result | undefined> {
  if (!quiet)
    stderr.write(
      `Ordered as ${orderId}. It stands, also when this command is broken off now; orders withdraw takes it back.\n`,
    );
  const deadline = performance.now() + wait * 1_000;
  for (;;) {
    const result = await read();
    if (result !== undefined || performance.now() > deadline) return result;
    await pause(everyMs);
  }
}

export const notDoneYet = (orderId: string): string =>
  `Ordered as ${orderId}. No instance of the service has done it yet; it will as soon as it can.`;

/** For whoever waits for an order that a colleague takes back meanwhile. */
export const withdrawnText = ({ by, because }: Withdrawn): string => `Nothing done: ${by} withdrew it (${because}).`;
