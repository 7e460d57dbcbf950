import { beforeEach, describe, expect, it } from '@jest/globals';
import { Metrics } from './metrics.js';
import type { ProcessDeclaration } from './processes/process-declaration.js';
import { Views } from './views.js';

const counting: ProcessDeclaration = {
  ...{ service: 'tally', name: 'counting', version: 1 },
  startedBy: { category: 'tally', types: ['Added'], about: ({ stream }) => stream },
  steps: [{ name: 'ask', withinMinutes: 5, take: async () => [] }],
};
const never = <Value>(): Promise<Value> => new Promise(() => undefined);
const fails = <Value>(): Promise<Value> => Promise.reject(new Error('the database is away'));

describe('the metrics of a service whose database', () => {
  let metrics: Metrics;
  beforeEach(() => {
    metrics = new Metrics('tally', new Views());
  });
  const watch = (reads: <Value>() => Promise<Value>): void => {
    for (const work of ['clocks', 'process-clocks']) metrics.watchDueWork(work, reads<number>);
    metrics.watchProcesses([counting], reads);
    for (const name of ['waymark_one', 'waymark_other'])
      metrics.watchFigure({ name, help: 'A figure', read: reads<number> });
  };
  const values = async (): Promise<readonly string[]> =>
    (await metrics.text())
      .split('\n')
      .filter((line) => /^waymark_(due_work_stuck|processes_|one|other)/.test(line))
      .map((line) => line.replace('{service="tally"}', '').replace(',service="tally"', ''))
      .toSorted();
  const unknown = [
    'waymark_due_work_stuck{work="clocks"} Nan',
    'waymark_due_work_stuck{work="process-clocks"} Nan',
    'waymark_one Nan',
    'waymark_other Nan',
    'waymark_processes_open{process="counting",step="ask"} Nan',
    'waymark_processes_overdue{process="counting",step="ask"} Nan',
  ];

  it('hangs come within three seconds or so, and what could not be read is no number', async () => {
    watch(never);
    const begun = performance.now();
    expect(await values()).toEqual(unknown);
    expect(performance.now() - begun).toBeLessThan(5_000);
  }, 30_000);

  it('cannot be reached tell of each step that nothing is known, and forget none', async () => {
    watch(fails);
    expect(await values()).toEqual(unknown);
  });

  it('answers are what it says, steps of earlier releases among them', async () => {
    metrics.watchProcesses([counting], async () => [
      { process: 'counting', step: 'ask', open: 2, overdue: 1 },
      { process: 'counted', step: 'told', open: 1, overdue: 0 },
    ]);
    expect(await values()).toEqual([
      'waymark_processes_open{process="counted",step="told"} 1',
      'waymark_processes_open{process="counting",step="ask"} 2',
      'waymark_processes_overdue{process="counted",step="told"} 0',
      'waymark_processes_overdue{process="counting",step="ask"} 1',
    ]);
  });
});
