import { type Command, Option } from 'commander';
import { startProgress } from '../../progress.js';
import { number } from '../../terminal.js';
import { type CommandContext, type CommonOptions, report } from '../command-context.js';
import { secretsOption, serviceOption, type TargetOptions } from '../views/targets.js';
import { oneSealingTarget, withKeys } from './with-keys.js';

interface RewrapOptions extends CommonOptions, TargetOptions {
  readonly fromFile?: string;
}

const about = (keys: Command, name: string, description: string): Command =>
  keys
    .command(name)
    .description(description)
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print no progress and, without --json, no result');

export function addRotate(keys: Command, { terminal }: CommandContext): void {
  about(keys, 'rotate', 'make a new version of the wrapping key of a service, which wraps from now on').action(
    async (options: RewrapOptions) => {
      const target = await oneSealingTarget(options);
      const rotated = await withKeys(target, async ({ provider }, service) => {
        await provider.rotate();
        return { service, current: (await provider.versions()).current };
      });
      report(terminal, options, rotated, () => `${rotated.current} wraps the new keys of ${rotated.service}\n`);
    },
  );
}

export function addRewrap(keys: Command, { terminal }: CommandContext): void {
  about(keys, 'rewrap', 'wrap every data key of a service under the newest version; goes on where an earlier one was')
    .addOption(
      new Option(
        '--from-file <path>',
        'key file that wrapped them before, when the service has moved to a key service',
      ),
    )
    .action(async (options: RewrapOptions) => {
      const { countKeys, openKeyFile, rewrapKeys } = await import('@waymark/privacy');
      const rewrapped = await withKeys(
        await oneSealingTarget(options),
        async ({ provider, database, clearRemains }, service) => {
          const from = options.fromFile === undefined ? undefined : await openKeyFile({ path: options.fromFile });
          const { current } = await provider.versions();
          const total = (await countKeys(database)).living
            .filter(({ wrappingKeyId }) => wrappingKeyId !== current)
            .reduce((sum, { keys: count }) => sum + count, 0);
          const progress = startProgress(`rewrapping the keys of ${service}`, terminal, options.quiet ?? false, 'keys');
          const onProgress = (done: number): void => progress.update(Math.min(1, done / total), done);
          const work = rewrapKeys({ database, provider, onProgress, ...(from && { from }) });
          const done = await work.finally(() => progress.end());
          await clearRemains();
          return { service, rewrapped: done, current };
        },
      );
      report(
        terminal,
        options,
        rewrapped,
        () => `${number(rewrapped.rewrapped)} keys of ${rewrapped.service} are wrapped by ${rewrapped.current} now\n`,
      );
    });
}
