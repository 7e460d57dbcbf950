import pg from 'pg';
import type { FreshDatabase } from '../bench-server.js';
import { newFact } from './fact-log.js';

interface EmmettViews {
  getPostgreSQLEventStore(url: string): {
    appendToStream(stream: string, events: readonly object[]): Promise<unknown>;
    schema: { migrate(): Promise<unknown> };
    close(): Promise<void>;
  };
  postgreSQLRawSQLProjection(options: {
    readonly name: string;
    readonly canHandle: readonly string[];
    readonly evolve: (event: { readonly data: FactData }) => unknown;
  }): unknown;
  rebuildPostgreSQLProjections(options: {
    readonly connectionString: string;
    readonly pulling: { readonly batchSize: number };
    readonly projections: readonly unknown[];
  }): { start(): Promise<void>; close(): Promise<void> };
}

interface Dumbo {
  readonly SQL: (strings: TemplateStringsArray, ...values: readonly unknown[]) => unknown;
}

interface FactData {
  readonly month: string;
  readonly country: string;
  readonly subdivision: string;
  readonly matters: readonly string[];
  readonly behaviours: readonly string[];
}

const table = `
  create table contact_counts (
    month text not null, country text not null, subdivision text not null, measure text not null, contacts integer not null,
    primary key (month, country, subdivision, measure)
  )`;

/**
 * The same counts as of reporting, one statement for each fact, by emmett's own rebuild of a raw SQL projection: events a second.
 * Each time in a database of its own, because a second rebuild of the same one leaves nothing.
 */
export async function emmettRebuild({ url }: FreshDatabase, peersDir: string, events: number): Promise<number> {
  const load = (name: string): string =>
    new URL(`file://${peersDir}/node_modules/@event-driven-io/${name}/dist/index.js`).href;
  const emmett: EmmettViews = await import(load('emmett-postgresql'));
  const { SQL }: Dumbo = await import(load('dumbo'));
  const store = emmett.getPostgreSQLEventStore(url);
  await store.schema.migrate();
  for (let at = 0; at < events; at += 500)
    await store.appendToStream(
      `fact-${at}`,
      Array.from({ length: Math.min(500, events - at) }, newFact).map(({ type, data }) => ({ type, data })),
    );
  await store.close();
  const client = new pg.Client(url);
  // The server ends what is left of a run that failed.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(table);
  const projection = emmett.postgreSQLRawSQLProjection({
    name: 'contact-counts',
    canHandle: ['FactReceived'],
    evolve: ({ data: { month, country, subdivision, matters, behaviours } }) => {
      const measures = [
        'contacts',
        ...matters.map((matter) => `matter/${matter}`),
        ...(behaviours.length > 0 ? behaviours : ['not_stated']).map((behaviour) => `behaviour/${behaviour}`),
      ];
      return SQL`INSERT INTO contact_counts
        SELECT ${month}, ${country}, ${subdivision}, measure, 1 FROM jsonb_array_elements_text(${JSON.stringify(measures)}::jsonb) AS measure
        ON CONFLICT (month, country, subdivision, measure) DO UPDATE SET contacts = contact_counts.contacts + 1`;
    },
  });
  const begun = performance.now();
  const rebuild = emmett.rebuildPostgreSQLProjections({
    ...{ connectionString: url, pulling: { batchSize: 1_000 }, projections: [projection] },
  });
  await rebuild.start();
  const seconds = (performance.now() - begun) / 1_000;
  await rebuild.close();
  const { rows } = await client.query<{ counted: string }>(
    `select sum(contacts) as counted from contact_counts where measure = 'contacts'`,
  );
  await client.end();
  const counted = Number(rows[0]?.counted ?? 0);
  if (counted !== events) throw new Error(`emmett's rebuild has counted ${counted} of ${events}`);
  return events / seconds;
}
