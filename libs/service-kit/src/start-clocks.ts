import type { Doors } from './doors.js';
import { countStuck, type DueWork, runDueWork } from './due-work.js';
import { forgetOldFailures, noting } from './failed-work.js';
import type { Metrics } from './metrics.js';
import { runClock } from './run-clock.js';
import type { Platform, ServiceDefinition } from './service-definition.js';

/** Performs what falls due in a service: the work of its definition and `work`, and its clocks. Ended by `closers`. */
export function startClocks<Own extends object>(
  definition: ServiceDefinition<Own>,
  { dataSource, clock, log }: Platform<Own>,
  parts: {
    readonly doors: Doors;
    readonly metrics: Metrics;
    readonly closers: (() => Promise<unknown>)[];
    readonly work: readonly DueWork[];
  },
): void {
  const { doors, metrics, closers } = parts;
  const start = (name: string, perform: (signal: AbortSignal) => Promise<void>): void => {
    const clockwork = runClock(noting(name, { dataSource, clock }, perform), log);
    closers.push(() => clockwork.stop());
  };
  for (const work of [...(definition.dueWork?.(doors) ?? []), ...parts.work]) {
    metrics.watchDueWork(work.name, () => countStuck(work, dataSource, clock.now()));
    const onFailure = () => metrics.dueWorkFailed(work.name);
    start(work.name, (signal) => runDueWork(work, { dataSource, clock, log, onFailure, signal }));
  }
  for (const work of definition.clocks ?? []) start(work.name, () => work(doors));
  forgetOldFailures({ dataSource, clock, log, closers });
}
