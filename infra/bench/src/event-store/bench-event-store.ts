import { medianOf, type Ratio, type Report, type Result, type SystemName, thisMachine } from '../report.js';
import { measureAt, type Effort } from './measure-at.js';
import { withBenchServer } from '../bench-server.js';
import { installPeers, peersDir, versionsWith } from '../peers.js';
import { openEmmett } from './emmett.js';
import { openRaw } from './raw.js';
import { openWaymark } from './waymark.js';

const quick: Effort = { sizes: [10_000, 100_000], runs: 3, milliseconds: 700, samples: 100, emmettReads: 5_000 };
const full: Effort = {
  sizes: [10_000, 100_000, 1_000_000],
  runs: 5,
  milliseconds: 3_000,
  samples: 500,
  emmettReads: 50_000,
};

/** The event store side by side with emmett-postgresql and with plain SQL, in one run on one server with fsync on. */
export async function benchEventStore(options: { readonly quick: boolean }): Promise<Report> {
  const effort = options.quick ? quick : full;
  await installPeers();
  return withBenchServer(async ({ freshDatabase, version }) => {
    const results: Result[] = [];
    for (const size of effort.sizes) {
      const systems = [
        await openWaymark(await freshDatabase()),
        await openEmmett(await freshDatabase(), peersDir),
        await openRaw(await freshDatabase()),
      ];
      results.push(...(await measureAt(systems, size, effort)));
      for (const system of systems) await system.close();
    }
    return {
      machine: thisMachine(),
      versions: await versionsWith(version),
      results,
      ratios: ratiosOf(results, effort),
    };
  });
}

function ratiosOf(results: readonly Result[], { sizes }: Effort): readonly Ratio[] {
  const last = sizes.at(-1) ?? 0;
  // Side by side at one size: the smallest, where all systems are measured from the same start.
  const [first = 0] = sizes;
  const value = (name: string, system: SystemName, writers?: number, size = first): number =>
    medianOf(
      results
        .filter((r) => r.name === name && r.system === system && r.writers === writers && r.logSize === size)
        .map((r) => r.median),
    );
  const against = (name: string, as: string, other: SystemName, writers?: number): Ratio => ({
    name: `${as}-vs-${other}`,
    value: value(name, 'waymark', writers) / value(name, other, writers),
  });
  // What no log in this server could surpass by a single append.
  const limit = (writers: number): Ratio => ({
    name: `raw-append-1-w${writers}-vs-emmett`,
    value: value('append-1', 'raw', writers) / value('append-1', 'emmett', writers),
  });
  return [
    against('append-1', 'append-1-w1', 'emmett', 1),
    against('append-1', 'append-1-w16', 'emmett', 16),
    against('append-1', 'append-1-w64', 'emmett', 64),
    limit(1),
    limit(16),
    against('append-1', 'append-1-w1', 'raw', 1),
    against('append-1', 'append-1-w16', 'raw', 16),
    against('append-1', 'append-1-w64', 'raw', 64),
    against('append-10', 'append-10', 'emmett', 1),
    against('append-100', 'append-100', 'emmett', 1),
    against('append-100', 'append-100', 'raw', 1),
    against('append-500', 'append-500', 'emmett', 1),
    against('read-all', 'read-all', 'emmett'),
    against('read-all', 'read-all', 'raw'),
    { name: 'delivery-p50-vs-append', value: value('delivery-p50', 'waymark') / value('append-p50', 'waymark') },
    {
      name: last === 1_000_000 ? 'append-1m-vs-10k' : `append-${last / 1_000}k-vs-10k`,
      value: value('append-1', 'waymark', 1, last) / value('append-1', 'waymark', 1),
    },
    {
      name: last === 1_000_000 ? 'append-w16-1m-vs-10k' : `append-w16-${last / 1_000}k-vs-10k`,
      value: value('append-1', 'waymark', 16, last) / value('append-1', 'waymark', 16),
    },
  ];
}
