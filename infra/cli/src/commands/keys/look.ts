import type { Command } from 'commander';
import { exitCodes } from '../../exit-codes.js';
import { startProgress } from '../../progress.js';
import { columns, number } from '../../terminal.js';
import { type CommandContext, type CommonOptions, report } from '../command-context.js';
import { ofEach } from '../each-service.js';
import { secretsOption, serviceOption, type TargetOptions } from '../views/targets.js';
import { sealingTargets, withKeys } from './with-keys.js';

type LookOptions = CommonOptions & TargetOptions;

interface Listed {
  readonly service: string;
  /** Versions that can unwrap, the oldest first, and data keys that each wraps. */
  readonly versions: readonly { readonly id: string; readonly state: string; readonly keys: number }[];
  readonly destroyed: number;
}

/** Whose key is not as it must be. */
interface Verified {
  readonly service: string;
  readonly keys: number;
  readonly faults: readonly { readonly subjectId: string; readonly fault: string }[];
}

export function addList(keys: Command, context: CommandContext): void {
  keys
    .command('list')
    .description('the wrapping keys of every service: which wraps, and how many data keys each has wrapped')
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (options: LookOptions) => {
      const targets = await sealingTargets(options);
      const { shown, notShown } = await ofEach(targets, context, (target) => withKeys(target, listOf));
      report(context.terminal, options, { services: shown, notShown }, () =>
        columns([
          ['service', 'wrapping key', 'state', 'data keys'],
          ...shown.flatMap(({ service, versions, destroyed }) => [
            ...versions.map(({ id, state, keys: count }) => [service, id, state, number(count)]),
            [service, '', 'destroyed', number(destroyed)],
          ]),
        ]),
      );
    });
}

const listOf: Parameters<typeof withKeys<Listed>>[1] = async ({ provider, database }, service) => {
  const { countKeys } = await import('@waymark/privacy');
  const [{ current, all }, { living, destroyed }] = [await provider.versions(), await countKeys(database)];
  const lost = living.filter(({ wrappingKeyId }) => !all.includes(wrappingKeyId));
  return {
    service,
    versions: [
      ...all.map((id) => ({
        id,
        state: id === current ? 'wraps' : 'unwraps',
        keys: living.find(({ wrappingKeyId }) => wrappingKeyId === id)?.keys ?? 0,
      })),
      ...lost.map(({ wrappingKeyId, keys }) => ({ id: wrappingKeyId, state: 'unknown here', keys })),
    ],
    destroyed,
  };
};

export function addVerify(keys: Command, context: CommandContext): void {
  const { terminal, end } = context;
  keys
    .command('verify')
    .description(
      'unwrap every data key, and hold them against the log: none of an erased person may be there, none of another may be missing',
    )
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print no progress and, without --json, no result')
    .action(async (options: LookOptions) => {
      const { countKeys, verifyKeys } = await import('@waymark/privacy');
      const { shown, notShown } = await ofEach(await sealingTargets(options), context, (target) =>
        withKeys<Verified>(target, async (opened, service) => {
          const { living } = await countKeys(opened.database);
          const total = living.reduce((sum, { keys: count }) => sum + count, 0);
          const progress = startProgress(`verifying the keys of ${service}`, terminal, options.quiet ?? false, 'keys');
          const onProgress = (done: number): void => progress.update(Math.min(1, done / total), done);
          const [erased, sealed] = [await opened.erased(), await opened.sealed()];
          const verified = verifyKeys({ ...opened, erased, sealed, onProgress });
          return { service, ...(await verified.finally(() => progress.end())) };
        }),
      );
      const faults = shown.flatMap(({ service, faults: found }) => found.map((each) => ({ service, ...each })));
      if (faults.length > 0) end(exitCodes.faultFound);
      report(terminal, options, { services: shown, notShown }, () =>
        [
          ...shown.map(({ service, keys: count }) => `${service}: ${number(count)} keys`),
          ...faults.map(({ service, subjectId, fault }) => `${service}: the key of ${subjectId}: ${fault}`),
          '',
        ].join('\n'),
      );
    });
}
