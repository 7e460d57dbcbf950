import { DataSource } from 'typeorm';
import { openPostgresEventStore, type RecordedEvent } from '@waymark/event-store';
import { buildView, openedAs, type Projection, runProjection, viewGenerationsMigration } from '@waymark/projections';
import { projectionsOf, Secrets } from '@waymark/service-kit';
import { definitions } from '@waymark/services';

export interface FoldTask {
  readonly how: 'rebuild' | 'live';
  readonly logUrl: string;
  readonly databaseUrl: string;
  readonly views: number;
  /** In the log. */
  readonly events: number;
}

export interface Folded {
  readonly eventsPerSecond: number;
  /** The most memory that this process has had, its code included. */
  readonly peakMiB: number;
}

/** The views of reporting as they are in production; several under names of their own where several are wanted. */
function reportingViews(count: number): readonly Projection[] {
  const found = definitions.filter(({ name }) => name === 'reporting');
  const all = found
    .flatMap((definition) => projectionsOf(definition, new Secrets(Buffer.alloc(32))))
    .filter(({ categories }) => categories.includes('fact'));
  return Array.from({ length: count }, (_, index) => all[index % all.length] as Projection).map((view, index) => ({
    ...view,
    name: `${view.name}-${index + 1}`,
  }));
}

/** Folds the whole log once in each of the views at once. In a process of its own, so that its memory can be told. */
export async function foldOnce({ how, logUrl, databaseUrl, views, events }: FoldTask): Promise<Folded> {
  const dataSource = await new DataSource({ type: 'postgres', url: databaseUrl, poolSize: 12 }).initialize();
  await dataSource.query(viewGenerationsMigration);
  const store = openPostgresEventStore({ url: logUrl });
  const begun = performance.now();
  await Promise.all(
    reportingViews(views).map(async (projection) => {
      const parts = {
        projection,
        dataSource,
        store,
        open: async (event: RecordedEvent) => openedAs(event, { data: event.data, erased: [] }),
      };
      if (how === 'rebuild') return void (await buildView(parts));
      const running = runProjection({ ...parts, log: { error: (_details, message) => console.error(message) } });
      await running.waitFor(BigInt(events), 3_600_000);
      await running.stop();
    }),
  );
  const eventsPerSecond = (events * views * 1_000) / (performance.now() - begun);
  await store.close();
  await dataSource.destroy();
  return { eventsPerSecond, peakMiB: process.resourceUsage().maxRSS / 1_024 };
}

if (process.send) {
  const task: FoldTask = JSON.parse(process.argv[2] ?? '{}');
  process.send(await foldOnce(task));
  process.disconnect();
}
