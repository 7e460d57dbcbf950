import type { Command } from 'commander';
import type { Projection } from '@waymark/projections';
import type { OpenedViews } from '@waymark/service-kit';
import { columns } from '../../terminal.js';
import { type CommandContext, type CommonOptions, report } from '../command-context.js';
import { ofEach } from '../each-service.js';
import { failingIn, failingText } from './failing.js';
import { secretsOption, serviceOption, type TargetOptions, targetsOf } from './targets.js';
import { told, withView, withViews } from './with-view.js';

interface StatusOptions extends CommonOptions, TargetOptions {
  readonly digest?: boolean;
}

export function addList(views: Command, context: CommandContext): void {
  views
    .command('list')
    .description(
      'every view of every service, with its generations: which is live, being built, kept, and how far each is',
    )
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (options: StatusOptions) => {
      const { shown, notShown } = await ofEach(await targetsOf(options), context, (target) =>
        withViews(target, async (opened) => {
          const { projections } = opened;
          const views = await Promise.all(
            projections.map((projection) => statusOf(target.definition.name, projection, opened, false)),
          );
          return { views, failing: await failingIn(target.definition.name, opened) };
        }),
      );
      const views = shown.flatMap((each) => each.views);
      const failing = shown.flatMap((each) => each.failing);
      report(context.terminal, options, { views, failing, notShown }, () => asText(views) + failingText(failing));
    });
}

export function addStatus(views: Command, { terminal }: CommandContext): void {
  views
    .command('status <view>')
    .description('the generations of one view')
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--digest', 'with a digest of the rows of each: equal rows, equal digests')
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'without --json: print nothing')
    .action(async (name: string, options: StatusOptions) => {
      const status = await withView(name, options, async ({ projection, views: opened, service }) => ({
        ...(await statusOf(service, projection, opened, options.digest ?? false)),
        failing: await failingIn(service, opened, projection),
      }));
      report(terminal, options, status, () => asText([status]) + failingText(status.failing));
    });
}

interface ViewStatus {
  readonly service: string;
  readonly view: string;
  /** Of this release. */
  readonly version: number;
  /** Where the log ends for it; null where the log cannot be asked. */
  readonly head: string | null;
  readonly generations: readonly (ReturnType<typeof told> & { readonly digest?: string })[];
}

async function statusOf(
  service: string,
  projection: Projection,
  { dataSource, build }: OpenedViews,
  withDigest: boolean,
): Promise<ViewStatus> {
  const { digestOf, generationsOf, schemaOf } = await import('@waymark/projections');
  const generations: ViewStatus['generations'][number][] = [];
  const all = await generationsOf(dataSource, projection.name);
  // From where the most advanced one is, or all of the log would be read.
  const after = all.reduce((most, { position }) => (position > most ? position : most), 0n);
  const { categories } = projection;
  const head = await build(projection)
    .store.newest({ after, categories })
    .then(String, () => null);
  for (const generation of all) {
    const digest = withDigest ? { digest: await digestOf(dataSource, generation, projection.notFolded) } : {};
    generations.push({ ...told(generation, schemaOf(generation)), ...digest });
  }
  return { service, view: projection.name, version: projection.version, head, generations };
}

function asText(found: readonly ViewStatus[]): string {
  const rows = found.flatMap(({ service, view, version, head, generations }) => [
    ...(generations.some((each) => each.version === version && each.state === 'live')
      ? []
      : [[view, service, String(version), 'not there yet', '', head ?? '?', '']]),
    ...generations.map((each) => [
      ...[view, service, String(each.version), each.state, each.position, head ?? '?', each.schema],
      ...(each.digest === undefined ? [] : [each.digest]),
    ]),
  ]);
  const stopped = found.flatMap(({ view, generations }) =>
    generations.flatMap(({ state, stoppedAt, stoppedBecause }) =>
      stoppedAt === undefined ? [] : [`${view} (${state}) has stopped at position ${stoppedAt}: ${stoppedBecause}\n`],
    ),
  );
  return columns([['view', 'service', 'version', 'state', 'position', 'log', 'schema'], ...rows]) + stopped.join('');
}
