import { channels } from '@waymark/contracts';
import type { RecordedEvent } from '@waymark/event-store';
import type { Stage } from '@waymark/stage';
import pg from 'pg';

/** What the log has of a category, in its order. */
export async function inLog(stage: Stage, category: string): Promise<readonly RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for (let after = 0n; ;) {
    const { events, position } = await stage.log.readAll({ after, categories: [category] });
    if (position === after) return found;
    found.push(...events);
    after = position;
  }
}

/** Reads a database of the stage as its administrator does. */
export async function rowsOf<Row extends pg.QueryResultRow>(
  stage: Stage,
  database: string,
  sql: string,
): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString: stage.eventStoreAdminUrl.replace(/_events$/, `_${database}`) });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A call as the log tells it by its channel and its month; what it was about is sealed. */
export const callOf = (index: number, contact: { readonly at: string; readonly precision: string }) => ({
  ...{ kind: 'support_request', identity: 'anonymous', reporterRelation: 'affected_person', matter: ['harassment'] },
  ...{ language: 'en', immediateDanger: false, narrative: `The call number ${index}.`, contact },
  ...{ channel: channels.filter((channel) => channel !== 'portal')[index % (channels.length - 1)] },
});

export const idOf = ({ stream }: RecordedEvent): string => stream.slice('concern-'.length);
