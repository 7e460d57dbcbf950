import type { DataSource } from 'typeorm';
import type { MarkedCase } from '@waymark/service-kit';

/**
 * By stream: whom the reporters of the person shut out whom the stream is about, by whichever id of theirs; of somebody who reported,
 * also those of the client about whom they did.
 */
export async function shutOutsOf(
  dataSource: Pick<DataSource, 'query'>,
  streams: readonly string[],
): Promise<ReadonlyMap<string, readonly MarkedCase[]>> {
  const rows = await dataSource.query<{ stream: string; concern_id: string; marks: string[] }[]>(
    `WITH RECURSIVE about (stream, client_id) AS (
       SELECT stream, client_id FROM client_streams WHERE stream = ANY($1)
       UNION
       SELECT about.stream, next.id FROM about JOIN (
         SELECT client_id, linked_client_id AS id FROM client_links
         UNION ALL
         SELECT reporter_id, reported_client_id FROM shut_outs WHERE reporter_id IS NOT NULL
       ) next USING (client_id)
     )
     SELECT DISTINCT about.stream, s.concern_id, s.marks
     FROM about JOIN client_streams c USING (client_id) JOIN shut_outs s ON s.stream = c.stream`,
    [[...new Set(streams)]],
  );
  const found = new Map<string, MarkedCase[]>();
  for (const { stream, concern_id: concernId, marks: shutOut } of rows)
    found.set(stream, [...(found.get(stream) ?? []), { concernId, shutOut }]);
  return found;
}
