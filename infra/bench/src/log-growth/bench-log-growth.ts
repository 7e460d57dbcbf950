import pg from 'pg';
import { openPostgresEventStore, readLogSize } from '@waymark/event-store';
import { withBenchServer } from '../bench-server.js';
import { newEvent, newStream } from '../event-store/events.js';
import { logRoleOn } from '../event-store/log-role.js';
import { openRaw } from '../event-store/raw.js';
import { rateOf, Runs } from '../measure.js';
import { type Report, type Result, thisMachine } from '../report.js';

/** Streams of twenty events through the log's own function, so that everything is in them that a service's would have. */
const fill = `
  do $do$
  declare
    v_data constant text[] := array_fill($data$ DATA $data$::text, array[20]);
    v_metadata constant text[] := array_fill($metadata$ METADATA $metadata$::text, array[20]);
  begin
    for i in 1..500 loop
      perform waymark.append_events(
        'concern-' || gen_random_uuid(), -1, array(select gen_random_uuid() from generate_series(1, 20)),
        array_fill('ReporterMessageReceived'::text, array[20]), array_fill(1, array[20]), v_data, v_metadata
      );
    end loop;
  end
  $do$`;
const filledAtOnce = 10_000;

/**
 * How the log behaves as it grows: what it takes on disk, and how fast one and sixteen writers append, beside a plain INSERT into
 * an empty table at the same moment.
 */
export async function benchLogGrowth({ quick }: { readonly quick: boolean }): Promise<Report> {
  const sizes = quick ? [0, 100_000, 1_000_000] : [0, 1_000_000, 10_000_000];
  return withBenchServer(async ({ freshDatabase, version }) => {
    const database = await freshDatabase();
    const { url } = database;
    const own = await logRoleOn(database);
    const store = openPostgresEventStore({ url: own, poolSize: 16 });
    const filler = new pg.Client(own);
    await filler.connect();
    const { data, metadata } = newEvent();
    const statement = fill.replace('DATA', JSON.stringify(data)).replace('METADATA', JSON.stringify(metadata));
    const results: Result[] = [];
    let events = 0;
    for (const logSize of sizes) {
      for (; events < logSize; events += filledAtOnce) await filler.query(statement);
      await withAdmin(url, (admin) => admin.query('vacuum (analyze) waymark.events'));
      const raw = await openRaw(await freshDatabase());
      for (const writers of [1, 16]) {
        const rates = new Runs({ name: 'append-1', writers, unit: 'events/s', logSize });
        for (let run = 0; run < 5; run += 1) {
          const append = async (): Promise<number> => (await store.append(newStream(), 'none', [newEvent()]), 1);
          const insert = async (): Promise<number> => (await raw.append(newStream(), 0, [newEvent()]), 1);
          rates.add('waymark', await rateOf(writers, 2_000, append));
          rates.add('raw', await rateOf(writers, 2_000, insert));
        }
        results.push(...rates.results());
      }
      await raw.close();
      const { tables, indexes } = await readLogSize({ adminUrl: url });
      for (const { name, bytes } of [...tables, ...indexes]) {
        const size = new Runs({ name: `size of ${name}`, unit: 'MiB', logSize });
        size.add('waymark', bytes / 2 ** 20);
        results.push(...size.results());
      }
    }
    await filler.end();
    await store.close();
    return {
      machine: thisMachine(),
      versions: { node: process.versions.node, postgres: version },
      results,
      ratios: ratiosOf(results, sizes),
    };
  });
}

async function withAdmin(url: string, work: (admin: pg.Client) => Promise<unknown>): Promise<void> {
  const admin = new pg.Client(url);
  await admin.connect();
  await work(admin);
  await admin.end();
}

/** Each rate as a share of the plain INSERT's of the same moment, so that what else the machine does falls out. */
const ratiosOf = (results: readonly Result[], sizes: readonly number[]): Report['ratios'] =>
  [1, 16].flatMap((writers) =>
    sizes.map((logSize) => {
      const rate = (system: string): number =>
        results.find((r) => r.system === system && r.writers === writers && r.logSize === logSize)?.median ??
        Number.NaN;
      return { name: `append-w${writers}-at-${logSize}-vs-raw-empty`, value: rate('waymark') / rate('raw') };
    }),
  );
