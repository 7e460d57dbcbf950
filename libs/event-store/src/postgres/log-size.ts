import { Connections } from './connections.js';

export interface RelationSize {
  readonly name: string;
  readonly bytes: number;
}

export interface LogSize {
  /** Tables with what they keep out of line, without their indexes. */
  readonly tables: readonly RelationSize[];
  readonly indexes: readonly RelationSize[];
  readonly totalBytes: number;
}

const select = `
  select c.relname as name, c.relkind = 'i' as index,
    case c.relkind when 'i' then pg_relation_size(c.oid) else pg_table_size(c.oid) end as bytes
  from pg_class c
  left join pg_index i on i.indexrelid = c.oid
  where coalesce(i.indrelid, c.oid) = 'waymark.events'::regclass
  order by bytes desc, name`;

/** What the log takes on the database's disk. Needs the owner of the log. */
export async function readLogSize({ adminUrl }: { readonly adminUrl: string }): Promise<LogSize> {
  const connections = new Connections({ url: adminUrl, poolSize: 1 }, () => undefined);
  try {
    const rows = await connections.query<{ name: string; index: boolean; bytes: string }>({ text: select });
    const sizes = rows.map(({ name, index, bytes }) => ({ name, index, bytes: Number(bytes) }));
    const of = (index: boolean): readonly RelationSize[] =>
      sizes.filter((size) => size.index === index).map(({ name, bytes }) => ({ name, bytes }));
    return {
      tables: of(false),
      indexes: of(true),
      totalBytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  } finally {
    await connections.end();
  }
}
