import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { EntityManager, EntityMetadata } from 'typeorm';
import { copyLine } from '@waymark/event-store';
import { copyValue } from './copy-value.js';

/** Fewer are written by one statement, which costs one turn and not two. */
const worthCopying = 100;
const linesTogether = 500;

export const keyOf = ({ primaryColumns }: EntityMetadata, row: object): string =>
  JSON.stringify(primaryColumns.map((column) => asKey(column.getEntityValue(row))));

const asKey = (value: unknown): string => (value instanceof Date ? value.toISOString() : String(value));

export async function removeRows(
  metadata: EntityMetadata,
  rows: readonly object[],
  manager: EntityManager,
): Promise<void> {
  if (rows.length === 0) return;
  const { tableName, primaryColumns } = metadata;
  const same = primaryColumns.map(({ databaseName: name }) => `kept."${name}" = gone."${name}"`).join(' AND ');
  await manager.query(
    `DELETE FROM "${tableName}" AS kept USING jsonb_populate_recordset(NULL::"${tableName}", $1) AS gone WHERE ${same}`,
    [asJson(metadata, rows)],
  );
}

/** Writes rows, whether or not there are such in the table. */
export async function putRows(
  metadata: EntityMetadata,
  rows: readonly object[],
  manager: EntityManager,
): Promise<void> {
  if (rows.length === 0) return;
  const { tableName, primaryColumns } = metadata;
  const names = namesOf(metadata);
  const key = primaryColumns.map(({ databaseName }) => `"${databaseName}"`).join(', ');
  await manager.query(
    `INSERT INTO "${tableName}" (${names.join(', ')})
     SELECT ${names.join(', ')} FROM jsonb_populate_recordset(NULL::"${tableName}", $1)
     ON CONFLICT (${key}) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [asJson(metadata, rows)],
  );
}

/** Writes rows of which the table has none: by COPY where there are many, and then it fails if the table has one all the same. */
export async function addRows(
  metadata: EntityMetadata,
  rows: readonly object[],
  manager: EntityManager,
): Promise<void> {
  if (rows.length < worthCopying) return putRows(metadata, rows, manager);
  const client: pg.ClientBase | undefined = await manager.queryRunner?.connect();
  if (!client) throw new Error(`rows of ${metadata.tableName} are added outside a transaction`);
  const copy = client.query(copyFrom(`COPY "${metadata.tableName}" (${namesOf(metadata).join(', ')}) FROM STDIN`));
  await pipeline(Readable.from(linesOf(metadata, rows)), copy);
}

function* linesOf({ columns }: EntityMetadata, rows: readonly object[]): Generator<string> {
  for (let at = 0; at < rows.length; at += linesTogether)
    yield rows
      .slice(at, at + linesTogether)
      .map((row) => copyLine(columns.map((column) => copyValue(column, column.getEntityValue(row)))))
      .join('');
}

const namesOf = ({ columns }: EntityMetadata): readonly string[] =>
  columns.map(({ databaseName }) => `"${databaseName}"`);

/** Rows under the names of their columns. */
const asJson = ({ columns }: EntityMetadata, rows: readonly object[]): string =>
  JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map((each) => [each.databaseName, each.getEntityValue(row)]))),
  );
