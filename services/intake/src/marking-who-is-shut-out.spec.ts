import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { type Stage, startStage } from '@waymark/stage';
import { deskOf } from './intake.fixture.js';
import { intake } from './intake.service.js';
import { MarkWhoIsShutOut1760000001002 } from './migrations/1760000001002-mark-who-is-shut-out.js';

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
  /** The database as the release before left it, with one concern in the queue. */
  const goBack = async (concernId: string, excluded: string): Promise<void> => {
    const url = String(stage.environmentOf('intake').DATABASE_URL);
    const dataSource = await new DataSource({ type: 'postgres', url }).initialize();
    const runner = dataSource.createQueryRunner();
    await new MarkWhoIsShutOut1760000001002().down(runner);
    await runner.query('DELETE FROM migrations WHERE name = $1', [MarkWhoIsShutOut1760000001002.name]);
    await runner.query(
      `INSERT INTO concern_queue (concern_id, client_id, channel, language, status, immediate_danger, waiting, contact_at,
         overdue, shut_out_people, shut_out_roles, shut_out_units)
       VALUES ($1, $1, 'portal', 'ar', 'submitted', false, true, now(), false, ARRAY[$2], '{}', '{}')`,
      [concernId, excluded],
    );
    await runner.query(
      `INSERT INTO projection_checkpoints (name, version, position) VALUES ('concern-queue', 1, 1000)`,
    );
    await runner.release();
    await dataSource.destroy();
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
    const checkpoints = `SELECT version FROM projection_checkpoints WHERE name = 'concern-queue'`;
    expect(await stage.query('intake', checkpoints)).toEqual([{ version: 2 }]);
  });
});
