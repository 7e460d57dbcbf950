import type { EntityManager, EntityMetadata } from 'typeorm';
import { folding } from './fold.js';
import type { OpenedEvent } from './opened-event.js';
import type { Fold, Look, Projection } from './projection.js';
import { addRows, keyOf, putRows, removeRows } from './write-rows.js';

/** A view whose rows follow each from the events about one thing: a case, a consent, a receipt. */
export interface FoldedRows<Row extends object, Name extends string = string> extends Omit<
  Projection<Name>,
  'apply' | 'applyAll' | 'beginFold' | 'entities'
> {
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
export function foldedRows<Row extends object, Name extends string>(view: FoldedRows<Row, Name>): Projection<Name> {
  const { entity, of, idOf, fold, ...declared } = view;
  return { ...declared, entities: [entity], ...folding(() => new RowsFolded({ entity, of, idOf, fold })) };
}

type HowToFold<Row extends object> = Pick<FoldedRows<Row>, 'entity' | 'of' | 'idOf' | 'fold'>;

class RowsFolded<Row extends object> implements Fold {
  /** The rows of each thing that an event was about, as they are in the table and as they are to be. */
  private readonly things = new Map<string, { readonly old: Row[]; now: readonly Row[] }>();

  constructor(private readonly view: HowToFold<Row>) {}

  get held(): number {
    return this.things.size;
  }

  async take(events: readonly OpenedEvent[], look: Look): Promise<void> {
    const { idOf, fold } = this.view;
    const about = events.flatMap((event) => {
      const id = idOf(event);
      return id === undefined ? [] : [{ id, event }];
    });
    const unknown = new Set(about.map(({ id }) => id).filter((id) => !this.things.has(id)));
    if (unknown.size > 0) await this.read([...unknown], look);
    for (const { id, event } of about) {
      const thing = this.things.get(id);
      if (thing) thing.now = fold(thing.now, event);
    }
  }

  async write(manager: EntityManager): Promise<void> {
    const metadata = manager.connection.getMetadata(this.view.entity);
    const { gone, changed, added } = this.changes(metadata);
    await removeRows(metadata, gone, manager);
    await putRows(metadata, changed, manager);
    await addRows(metadata, added, manager);
    this.things.clear();
  }

  private async read(ids: readonly string[], look: Look): Promise<void> {
    const { entity, of } = this.view;
    const rows = await look((manager) =>
      manager.createQueryBuilder(entity, 'row').where(`row.${of} = ANY(:ids)`, { ids }).getMany(),
    );
    const found = new Map(ids.map((id) => [id, [] as Row[]]));
    for (const row of rows) found.get(String(row[of]))?.push(row);
    for (const [id, old] of found) this.things.set(id, { old, now: old });
  }

  private changes(metadata: EntityMetadata): Readonly<Record<'gone' | 'changed' | 'added', readonly Row[]>> {
    const things = [...this.things.values()].filter(({ old, now }) => old !== now);
    const old = new Map(things.flatMap((thing) => thing.old.map((row) => [keyOf(metadata, row), row])));
    const now = things.flatMap((thing) => thing.now.map((row) => ({ key: keyOf(metadata, row), row })));
    const kept = new Set(now.map(({ key }) => key));
    return {
      gone: [...old].filter(([key]) => !kept.has(key)).map(([, row]) => row),
      changed: now.filter(({ key, row }) => old.has(key) && old.get(key) !== row).map(({ row }) => row),
      added: now.filter(({ key }) => !old.has(key)).map(({ row }) => row),
    };
  }
}
