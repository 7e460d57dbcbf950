import type { EntityManager, EntityMetadata } from 'typeorm';
import type { OpenedEvent, Projection } from './projection.js';

/** A view whose rows follow each from the events about one thing: a case, a consent, a receipt. */
export interface FoldedRows<Row extends object> extends Omit<Projection, 'apply' | 'applyAll' | 'entities'> {
  /** The one table. Columns that it does not name are not the fold's: they get their default and are left alone. */
  readonly entity: new () => Row;
  /** The property that says which thing a row is about. */
  readonly of: keyof Row & string;
  /** The thing that an event is about; undefined: no row depends on it. */
  readonly idOf: (event: OpenedEvent) => string | undefined;
  /** The thing's rows after the event, from those before it. Pure; a row that stays as it is stays the same object. */
  readonly fold: (rows: readonly Row[], event: OpenedEvent) => readonly Row[];
}

/** For a thing that has one row at most. */
export const oneRow =
  <Row extends object>(fold: (row: Row | undefined, event: OpenedEvent) => Row | undefined) =>
  ([row]: readonly Row[], event: OpenedEvent): readonly Row[] => {
    const next = fold(row, event);
    return next ? [next] : [];
  };

/** Many events are folded in memory: the rows they are about are read once and written once. */
export function foldedRows<Row extends object>(view: FoldedRows<Row>): Projection {
  const { entity, of, idOf, fold, ...declared } = view;
  const applyAll = async (events: readonly OpenedEvent[], manager: EntityManager): Promise<void> => {
    const about = events.flatMap((event) => {
      const id = idOf(event);
      return id === undefined ? [] : [{ id, event }];
    });
    if (about.length === 0) return;
    const ids = [...new Set(about.map(({ id }) => id))];
    const rows = await manager.createQueryBuilder(entity, 'row').where(`row.${of} = ANY(:ids)`, { ids }).getMany();
    const before = new Map<string, Row[]>(ids.map((id) => [id, []]));
    for (const row of rows) before.get(String(row[of]))?.push(row);
    const after = new Map<string, readonly Row[]>(before);
    for (const { id, event } of about) after.set(id, fold(after.get(id) ?? [], event));
    const metadata = manager.connection.getMetadata(entity);
    const [old, now] = [rows, [...after.values()].flat()];
    const kept = new Set(now.map((row) => keyOf(metadata, row)));
    const gone = old.filter((row) => !kept.has(keyOf(metadata, row)));
    const known = new Set(old);
    await remove(metadata, gone, manager);
    const changed = now.filter((row) => !known.has(row));
    await write(metadata, changed, manager);
  };
  return { ...declared, entities: [entity], apply: (event, manager) => applyAll([event], manager), applyAll };
}

const keyOf = ({ primaryColumns }: EntityMetadata, row: object): string =>
  JSON.stringify(primaryColumns.map((column) => String(column.getEntityValue(row))));

async function remove(metadata: EntityMetadata, rows: readonly object[], manager: EntityManager): Promise<void> {
  if (rows.length === 0) return;
  const { tableName, primaryColumns } = metadata;
  const same = primaryColumns.map(({ databaseName: name }) => `kept."${name}" = gone."${name}"`).join(' AND ');
  await manager.query(
    `DELETE FROM "${tableName}" AS kept USING jsonb_populate_recordset(NULL::"${tableName}", $1) AS gone WHERE ${same}`,
    [asJson(metadata, rows)],
  );
}

async function write(metadata: EntityMetadata, rows: readonly object[], manager: EntityManager): Promise<void> {
  if (rows.length === 0) return;
  const { tableName, columns, primaryColumns } = metadata;
  const names = columns.map(({ databaseName }) => `"${databaseName}"`);
  const key = primaryColumns.map(({ databaseName }) => `"${databaseName}"`).join(', ');
  await manager.query(
    `INSERT INTO "${tableName}" (${names.join(', ')})
     SELECT ${names.join(', ')} FROM jsonb_populate_recordset(NULL::"${tableName}", $1)
     ON CONFLICT (${key}) DO UPDATE SET ${names.map((name) => `${name} = excluded.${name}`).join(', ')}`,
    [asJson(metadata, rows)],
  );
}

/** Rows under the names of their columns. */
const asJson = ({ columns }: EntityMetadata, rows: readonly object[]): string =>
  JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map((each) => [each.databaseName, each.getEntityValue(row)]))),
  );
