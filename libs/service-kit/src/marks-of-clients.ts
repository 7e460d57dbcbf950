import type { DataSource } from 'typeorm';
import type { MarkedCase } from './shut-out-marks.js';

type Queries = Pick<DataSource, 'query'>;

/** A view with a row for each concern or case, all ids that its client was known by in `client_ids`, and its marks in a column. */
export interface ViewOfMarks {
  readonly table: string;
  readonly marks: string;
}

/**
 * The marks of everything that is a client's, as a view of the service has them: under the id that is asked for, and under every id
 * that is linked to it by a row that stood under both.
 */
export class MarksOfClients {
  private readonly statement: string;

  constructor({ table, marks }: ViewOfMarks) {
    this.statement = `WITH RECURSIVE known(asked, client_id) AS (
       SELECT id, id FROM unnest($1::uuid[]) AS id
       UNION
       SELECT known.asked, linked FROM known
         JOIN ${table} AS v ON v.client_ids @> ARRAY[known.client_id]
         CROSS JOIN unnest(v.client_ids) AS linked
     )
     SELECT DISTINCT known.asked, v.concern_id, v.${marks} AS shut_out FROM known
       JOIN ${table} AS v ON v.client_ids @> ARRAY[known.client_id]
       WHERE v.${marks} <> '{}'`;
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
