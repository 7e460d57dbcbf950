import type { Command } from 'commander';
import { type Progress, startProgress } from '../../progress.js';
import { number } from '../../terminal.js';
import { type CommandContext, type CommonOptions, report } from '../command-context.js';
import { positiveNumber } from '../export.js';
import { MovingEnd } from './moving-end.js';
import { secretsOption, serviceOption, type TargetOptions } from './targets.js';
import { type OpenedView, told, withView } from './with-view.js';

interface BuildCommandOptions extends CommonOptions, TargetOptions {
  readonly eventsPerSecond?: number;
  readonly batch?: number;
  readonly switch?: boolean;
  readonly older?: boolean;
  readonly building?: boolean;
}

const olderText = 'also when it shows less than the live one: after the log was restored to an earlier moment';

/** A command about one view; its options that all have. */
const about = (views: Command, name: string, description: string): Command =>
  views
    .command(`${name} <view>`)
    .description(description)
    .addOption(secretsOption())
    .addOption(serviceOption())
    .option('--json', 'print the result as one line of JSON')
    .option('--quiet', 'print no progress and, without --json, no result');

export function addRebuild(views: Command, { terminal }: CommandContext): void {
  about(views, 'rebuild', 'fold the view anew from the log, beside the live one; goes on where an earlier rebuild was')
    .option('--events-per-second <number>', 'no faster than this', positiveNumber)
    .option('--batch <number>', 'events that are applied at once', positiveNumber)
    .option('--switch', 'switch to it at the end')
    .option('--older', olderText)
    .action((name: string, options: BuildCommandOptions) =>
      withView(name, options, async (view) => {
        const { buildView, placeView, withBuildersLock } = await import('@waymark/projections');
        const { projection, views: opened } = view;
        const progress = startProgress(`rebuilding ${name}`, terminal, options.quiet ?? false);
        const begun = performance.now();
        let folded = 0;
        const built = await withBuildersLock(opened.dataSource, projection, async () => {
          const following = {
            ...paceOf(view, options),
            ...(await watch(view, progress, (events) => (folded = events))),
          };
          const generation = await buildView(following);
          const { patienceMs, alsoOlder } = placing(options);
          return options.switch ? placeView({ ...following, patienceMs, alsoOlder }, 'building') : generation;
        }).finally(() => progress.end());
        await tell(terminal, options, view, built, { events: folded, seconds: (performance.now() - begun) / 1_000 });
      }),
    );
}

export function addSwitch(views: Command, { terminal }: CommandContext): void {
  about(views, 'switch', 'put what was rebuilt in place; the one that was live is kept')
    .option('--older', olderText)
    .action((name: string, options: BuildCommandOptions) =>
      withView(name, options, async (view) => tell(terminal, options, view, await place(view, options, 'building'))),
    );
}

export function addRollback(views: Command, { terminal }: CommandContext): void {
  about(views, 'rollback', 'go back to the one that was kept, which first catches up; the one that was live is kept')
    .option('--older', olderText)
    .action((name: string, options: BuildCommandOptions) =>
      withView(name, options, async (view) => tell(terminal, options, view, await place(view, options, 'kept'))),
    );
}

export function addDrop(views: Command, { terminal }: CommandContext): void {
  about(views, 'drop', 'drop the one that was kept, and those of versions before')
    .option('--building', 'drop the one that is being built, instead')
    .action((name: string, options: BuildCommandOptions) =>
      withView(name, options, async ({ projection, views: { dataSource } }) => {
        const { dropGeneration, generationsOf, withBuildersLock } = await import('@waymark/projections');
        const dropped = await withBuildersLock(dataSource, projection, () =>
          dataSource.transaction(async (manager) => {
            const all = await generationsOf(manager, name, { lock: true });
            const isLive = all.some((each) => each.version === projection.version && each.state === 'live');
            const wanted = all.filter(({ version, state }) =>
              options.building
                ? version === projection.version && state === 'building'
                : state === 'kept' || (isLive && version < projection.version),
            );
            for (const each of wanted) await dropGeneration(manager, each);
            return wanted;
          }),
        );
        report(terminal, options, { view: name, dropped: dropped.length }, () => `${dropped.length} dropped\n`);
      }),
    );
}

const paceOf = ({ options }: OpenedView, { eventsPerSecond, batch }: BuildCommandOptions) => ({
  ...options,
  ...(eventsPerSecond === undefined ? {} : { eventsPerSecond }),
  ...(batch === undefined ? {} : { batchSize: batch }),
});

const placing = ({ older }: BuildCommandOptions) => ({ patienceMs: 60_000, alsoOlder: older ?? false });

/** Against the end of the log, which goes on meanwhile. */
async function watch(
  { projection, views: { dataSource }, options: { store } }: OpenedView,
  progress: Progress,
  count: (events: number) => void,
) {
  const { generationsOf } = await import('@waymark/projections');
  const all = await generationsOf(dataSource, projection.name);
  const end = all
    .filter(({ state }) => state === 'live')
    .reduce((most, { position }) => (position > most ? position : most), 1n);
  const movingEnd = new MovingEnd(store, projection.categories, end);
  const onProgress = (position: bigint, events: number): void => {
    count(events);
    progress.update(movingEnd.partAt(position), events);
  };
  return { onProgress };
}

async function place(view: OpenedView, options: BuildCommandOptions, which: 'building' | 'kept') {
  const { placeView, withBuildersLock } = await import('@waymark/projections');
  return withBuildersLock(view.views.dataSource, view.projection, () =>
    placeView({ ...view.options, ...placing(options) }, which),
  );
}

async function tell(
  terminal: CommandContext['terminal'],
  options: BuildCommandOptions,
  { projection, service }: OpenedView,
  generation: Awaited<ReturnType<typeof place>>,
  work?: { readonly events: number; readonly seconds: number },
): Promise<void> {
  const { schemaOf } = await import('@waymark/projections');
  const result = { service, view: projection.name, ...told(generation, schemaOf(generation)), ...work };
  report(terminal, options, result, () => {
    const done = work ? `${number(work.events)} events in ${work.seconds.toFixed(1)} s; ` : '';
    return `${done}${projection.name} version ${result.version} is ${result.state} at position ${result.position}\n`;
  });
}
