import type { DataSource } from 'typeorm';
import type { MarkedCase } from '@waymark/service-kit';

/** By stream: whom the reporters of the person shut out whom the stream is about, by whichever id of theirs, and those of whom else it tells. */
export async function shutOutsOf(
  dataSource: Pick<DataSource, 'query'>,
  streams: readonly string[],
): Promise<ReadonlyMap<string, readonly MarkedCase[]>> {
  const rows = await dataSource.query<{ stream: string; concern_id: string; marks: string[] }[]>(
    `WITH RECURSIVE about (stream, client_id) AS (
       SELECT stream, client_id FROM client_streams WHERE stream = ANY($1)
       UNION
       SELECT about.stream, next.id FROM about CROSS JOIN LATERAL (
         SELECT l.linked_client_id AS id FROM client_links l WHERE l.client_id = about.client_id
         UNION ALL
         SELECT o.tells_of FROM shut_outs o WHERE o.client_id = about.client_id
       ) next
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
