import type { DataSource } from 'typeorm';
import type { MarkedCase } from './shut-out-marks.js';

type Queries = Pick<DataSource, 'query'>;

/** A table with a row for each concern or case of a client, and its marks in a column. */
export interface TableOfMarks {
  readonly table: string;
  readonly marks: string;
  /**
   * What tells which ids are linked: its rows, each with all ids that it has stood under in `client_ids`, or the table `client_links`
   * (`keepClientLinks`). Where its rows do not, each has one in `client_id`.
   */
  readonly links: readonly ('client_ids' | 'client_links')[];
}

const linksIn = (table: string) => ({
  client_ids: `SELECT unnest(v.client_ids) AS id FROM ${table} AS v WHERE v.client_ids @> ARRAY[known.client_id]`,
  client_links: 'SELECT l.linked_client_id AS id FROM client_links AS l WHERE l.client_id = known.client_id',
});

/**
 * The marks of everything that is a client's, as a table of the service has them: under the id that is asked for, and under every id
 * that is linked to it, however many links away.
 */
export class MarksOfClients {
  private readonly statement: string;

  constructor({ table, marks, links }: TableOfMarks) {
    const isTheirs = links.includes('client_ids')
      ? 'v.client_ids @> ARRAY[known.client_id]'
      : 'v.client_id = known.client_id';
    // `OFFSET 0` has each id looked up by itself: how many are linked the planner cannot know, and would rather read whole tables.
    this.statement = `WITH RECURSIVE known(asked, client_id) AS (
       SELECT id, id FROM unnest($1::uuid[]) AS id
       UNION
       SELECT known.asked, linked.id FROM known
         CROSS JOIN LATERAL (${links.map((each) => linksIn(table)[each]).join(' UNION ALL ')} OFFSET 0) AS linked
     )
     SELECT DISTINCT known.asked, marked.* FROM known CROSS JOIN LATERAL (
       SELECT v.concern_id, v.${marks} AS shut_out FROM ${table} AS v WHERE ${isTheirs} AND v.${marks} <> '{}' OFFSET 0
     ) AS marked`;
  }

  /** By client; of those without any mark there is nothing. */
  async ofEach(dataSource: Queries, clientIds: readonly string[]): Promise<ReadonlyMap<string, readonly MarkedCase[]>> {
    const rows = await dataSource.query<{ asked: string; concern_id: string; shut_out: string[] }[]>(this.statement, [
      [...new Set(clientIds)],
    ]);
    const found = new Map<string, MarkedCase[]>();
    for (const { asked, concern_id: concernId, shut_out: shutOut } of rows)
      found.set(asked, [...(found.get(asked) ?? []), { concernId, shutOut }]);
    return found;
  }

  /** The same of one client. */
  async of(dataSource: Queries, clientId: string): Promise<readonly MarkedCase[]> {
    return (await this.ofEach(dataSource, [clientId])).get(clientId) ?? [];
  }
}
