import { setTimeout as pause } from 'node:timers/promises';
import type { BuildOptions } from './build-options.js';
import { buildView } from './build-view.js';
import { BeingBuilt, withBuildersLock } from './builders-lock.js';
import { canStandInFor, foundView } from './create-generation.js';
import { findGeneration, generationsOf, previousOf, schemaOf } from './generation.js';
import { placeView } from './place-view.js';

const lookEveryMs = 250;

/**
 * Sees to it that this version of the view has a live generation: founds it where there is none of any version, else builds it
 * beside that of the version before, or waits while another instance does. Resolves sooner than that now and then: look again.
 * `onPrevious` hears the position of the version before, if queries find in its tables all that they look for.
 */
export async function putInPlace(options: BuildOptions, onPrevious: (position: bigint) => void): Promise<void> {
  const { dataSource, projection } = options;
  await foundView(dataSource, projection);
  const isLive = async (): Promise<boolean> => (await findGeneration(dataSource, projection, 'live')) !== undefined;
  if (await isLive()) return;
  const done = new AbortController();
  const watching = watchPrevious(options, onPrevious, done.signal);
  try {
    await withBuildersLock(dataSource, projection, async () => {
      if (await isLive()) return;
      await buildView(options);
      await placeView(options, 'building');
    });
  } catch (error) {
    if (!(error instanceof BeingBuilt)) throw error;
    await pause(lookEveryMs, undefined, options.signal ? { signal: options.signal } : {});
  } finally {
    done.abort();
    await watching;
  }
}

async function watchPrevious(
  { dataSource, projection }: BuildOptions,
  onPrevious: (position: bigint) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const all = await generationsOf(dataSource, projection.name).catch(() => []);
    const own = all.find(({ version, state }) => version === projection.version && state === 'building');
    const previous = previousOf(all, projection.version);
    if (own && previous && (await canStandInFor(dataSource, schemaOf(previous), schemaOf(own)).catch(() => false)))
      onPrevious(previous.position);
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
