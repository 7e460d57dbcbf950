import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Stage, startStage } from '@waymark/stage';
import { deskOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

describe('a queue from the time when it held ids of people who are shut out', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  const queueOf = async (as: string): Promise<readonly string[]> =>
    (await stage.ask('intake', 'GET', '/v1/concerns', { as })).body.items.map(
      (line: { concernId: string }) => line.concernId,
    );
  /** The database as that release left it: one table for the view, in `public`, with one concern in the queue. */
  const goBack = async (concernId: string, excluded: string): Promise<void> => {
    const client = new pg.Client(String(stage.environmentOf('intake').DATABASE_URL));
    await client.connect();
    await client.query('DROP SCHEMA concern_queue_v8 CASCADE');
    await client.query(`DELETE FROM view_generations WHERE view = 'concern-queue'`);
    await client.query(
      'CREATE TABLE public.concern_queue (concern_id uuid PRIMARY KEY, shut_out_people text[] NOT NULL)',
    );
    await client.query('INSERT INTO public.concern_queue VALUES ($1, ARRAY[$2])', [concernId, excluded]);
    await client.end();
  };

  it('is folded anew with marks: the same people see the same concerns, and no id is left', async () => {
    const amina = stage.idOf('amina.officer');
    const { concernId } = await desk.submit({ exclusions: { people: [amina], roles: [], units: [] } });
    const { concernId: open } = await desk.submit();
    await stage.stop('intake');
    await goBack(concernId, amina);
    await stage.start('intake');
    // What this process has just written is shown, so all that lies before it is.
    const { concernId: last } = await desk.submit();
    expect(new Set(await queueOf('amina.officer'))).toEqual(new Set([open, last]));
    expect(new Set(await queueOf('kwame.officer'))).toEqual(new Set([concernId, open, last]));
    const rows = await stage.query<{ row: string }>('intake', 'SELECT q::text AS row FROM concern_queue AS q');
    expect(rows).toHaveLength(3);
    expect(rows.filter(({ row }) => row.includes(amina))).toEqual([]);
    expect(await stage.query('intake', `SELECT to_regclass('public.concern_queue') AS old`)).toEqual([{ old: null }]);
  });
});
