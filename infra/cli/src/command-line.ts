import { types } from 'node:util';
import { Command, CommanderError } from 'commander';
import { exitCodeOf, exitCodes, type ExitCode, reasonOf } from './exit-codes.js';
import { addExplain } from './commands/access/explain.js';
import { addWhoCouldSee } from './commands/access/who-could-see.js';
import * as deadLooks from './commands/dead/look.js';
import * as deadOrders from './commands/dead/order.js';
import { addExport } from './commands/export.js';
import { addImport } from './commands/import.js';
import { addList as addOrderList } from './commands/orders/list.js';
import { addWithdraw } from './commands/orders/withdraw.js';
import { addPublishAgain } from './commands/publish-again.js';
import * as processLooks from './commands/processes/look.js';
import { addRetry } from './commands/processes/retry.js';
import { addStats } from './commands/stats.js';
import { addVerify } from './commands/verify.js';
import * as keyLooks from './commands/keys/look.js';
import * as keyOrders from './commands/keys/rotate.js';
import * as viewLooks from './commands/views/list.js';
import * as viewOrders from './commands/views/rebuild.js';
import { maskPasswords } from './mask-passwords.js';
import type { Terminal } from './terminal.js';

const exitCodeHelp = `
Exit codes: 0 fine, 1 a fault was found or the command has failed, 2 wrong use, 3 the log, the service, or its database, cannot be reached.
Addresses are better given by the environment than on the command line, where other users of the machine can see them.`;

/** Runs one command. Answers the exit code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal = process): Promise<ExitCode> {
  let code: ExitCode = exitCodes.fine;
  const context = { terminal, end: (ended: ExitCode) => (code = ended) };
  const masked = (text: string): string => maskPasswords(text, addressesIn(args));
  const stderr = { write: (text: string) => terminal.stderr.write(masked(text)) };
  const program = settled(new Command('waymark'), { stdout: terminal.stdout, stderr }).description(
    'Waymark for operators',
  );
  const events = program.command('events').description('the event log as a whole').addHelpText('after', exitCodeHelp);
  addVerify(events, context);
  addExport(events, context);
  addImport(events, context);
  addStats(events, context);
  const messages = program.command('messages').description('what services tell each other');
  const publishAgain = addPublishAgain(messages, context);
  const dead = messages
    .command('dead')
    .description('messages that a consumer gave up on')
    .addHelpText('after', exitCodeHelp);
  for (const add of [deadLooks.addList, deadLooks.addShow, deadOrders.addRedrive, deadOrders.addDiscard])
    add(dead, context);
  const views = program
    .command('views')
    .description('the read models of the services')
    .addHelpText('after', exitCodeHelp);
  const { addRebuild, addSwitch, addRollback, addDrop } = viewOrders;
  for (const add of [viewLooks.addList, viewLooks.addStatus, addRebuild, addSwitch, addRollback, addDrop])
    add(views, context);
  const keys = program.command('keys').description('the keys of what is sealed').addHelpText('after', exitCodeHelp);
  for (const add of [keyLooks.addList, keyOrders.addRotate, keyOrders.addRewrap, keyLooks.addVerify])
    add(keys, context);
  const processes = program
    .command('processes')
    .description('what takes several steps, and where it is')
    .addHelpText('after', exitCodeHelp);
  for (const add of [processLooks.addList, processLooks.addShow, addRetry]) add(processes, context);
  const orders = program
    .command('orders')
    .description('what operators have ordered, and no service has done yet')
    .addHelpText('after', exitCodeHelp);
  for (const add of [addOrderList, addWithdraw]) add(orders, context);
  const access = program.command('access').description('who may do what').addHelpText('after', exitCodeHelp);
  addExplain(access, context);
  addWhoCouldSee(access, context);
  for (const command of [
    ...processes.commands,
    ...orders.commands,
    ...events.commands,
    publishAgain,
    ...dead.commands,
    ...views.commands,
    ...keys.commands,
    ...access.commands,
  ])
    command.addHelpText('after', exitCodeHelp);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    const known = exitCodeOf(error);
    // Commander has said it already.
    if (!(error instanceof CommanderError)) stderr.write(`${textOf(error, known)}\n`);
    return known ?? exitCodes.failed;
  }
}

/** Whatever may be an address with a password: in the environment, and among the arguments even where none belongs. */
function addressesIn(args: readonly string[]): readonly string[] {
  const { DATABASE_URL = '', KEYS_DATABASE_URL = '', EVENT_STORE_URL = '', EVENT_STORE_ADMIN_URL = '' } = process.env;
  const values = args.map((arg) => arg.replace(/^--[^=]*=/, ''));
  return [...values, DATABASE_URL, KEYS_DATABASE_URL, EVENT_STORE_URL, EVENT_STORE_ADMIN_URL];
}

type Output = Pick<Terminal, 'stdout'> & { readonly stderr: { write(text: string): unknown } };

/** Subcommands copy these settings when they are added. */
function settled(program: Command, { stdout, stderr }: Output): Command {
  return program
    .exitOverride()
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .showHelpAfterError('(--help shows what there is)');
}

const textOf = (error: unknown, code: ExitCode | undefined): string =>
  types.isNativeError(error) && code === undefined ? (error.stack ?? error.message) : reasonOf(error);
