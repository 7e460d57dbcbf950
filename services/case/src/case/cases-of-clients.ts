import type { DataSource } from 'typeorm';
import type { MarkedCase } from '@waymark/service-kit';

/**
 * By client, the marks of all cases of theirs, as the list of cases has them: under this id, and under every id that is linked to it
 * by a case that stood under both.
 */
export async function markedCasesOf(
  dataSource: Pick<DataSource, 'query'>,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, readonly MarkedCase[]>> {
  const rows = await dataSource.query<{ asked: string; concern_id: string; shut_out: string[] }[]>(
    `WITH RECURSIVE known(asked, client_id) AS (
       SELECT id, id FROM unnest($1::uuid[]) AS id
       UNION
       SELECT known.asked, linked FROM known
         JOIN cases ON cases.client_ids @> ARRAY[known.client_id]
         CROSS JOIN unnest(cases.client_ids) AS linked
     )
     SELECT DISTINCT known.asked, cases.concern_id, cases.shut_out FROM known
       JOIN cases ON cases.client_ids @> ARRAY[known.client_id]
       WHERE cases.shut_out <> '{}'`,
    [clientIds],
  );
  const found = new Map<string, MarkedCase[]>();
  for (const { asked, concern_id: concernId, shut_out: shutOut } of rows)
    found.set(asked, [...(found.get(asked) ?? []), { concernId, shutOut }]);
  return found;
}

/** The same of one client. */
export const markedCasesOfClient = async (
  dataSource: Pick<DataSource, 'query'>,
  clientId: string,
): Promise<readonly MarkedCase[]> => (await markedCasesOf(dataSource, [clientId])).get(clientId) ?? [];
