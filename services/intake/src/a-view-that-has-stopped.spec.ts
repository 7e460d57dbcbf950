import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { deskOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

jest.setTimeout(120_000);

describe('a view of intake that has stopped', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'fatal' });
    desk = deskOf(stage);
    await stage.query(
      'intake',
      `CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cannot be applied'; END $$`,
    );
  });
  afterAll(() => stage?.close());

  const list = () => stage.ask('intake', 'GET', '/v1/concerns?limit=100', { as: 'amina.officer' });
  /** At the next event of a concern. */
  const stopAt = async (table: string) =>
    stage.query(
      'intake',
      `CREATE TRIGGER refused BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION public.refuse()`,
    );
  const hasStopped = (view: string) =>
    eventually(async () => {
      const because = 'SELECT 1 FROM view_generations WHERE view = $1 AND stopped_because IS NOT NULL';
      expect(await stage.query('intake', because, [view])).toHaveLength(1);
    });

  it('keeps neither the queue from the desk nor their answers from those who come back with a receipt', async () => {
    await stopAt('quiet_concerns');
    const { concernId, receipt } = await desk.submit();
    await hasStopped('quiet-concerns');
    await eventually(async () => {
      const failed = await stage.query('intake', `SELECT kind, what, error, position FROM failed_work`);
      expect(failed).toEqual([
        {
          ...{ kind: 'view', what: 'quiet-concerns', position: expect.stringMatching(/^\d+$/) },
          error: 'CannotApply, because of QueryFailedError P0001',
        },
      ]);
    });
    const begun = performance.now();
    const { concernId: next, receipt: theirs } = await desk.submit();
    const queue = await list();
    expect(queue).toMatchObject({ status: 200 });
    const listed = queue.body.items.map((line: { concernId: string }) => line.concernId);
    expect(listed).toEqual(expect.arrayContaining([concernId, next]));
    for (const each of [receipt, theirs]) expect((await desk.session(each)).token).toEqual(expect.any(String));
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('is told of at once where it is the one that is read', async () => {
    await stopAt('concern_queue');
    await desk.submit();
    await hasStopped('concern-queue');
    await eventually(async () => {
      const begun = performance.now();
      expect(await list()).toMatchObject({ status: 503, body: { code: 'view_behind' } });
      expect(performance.now() - begun).toBeLessThan(5_000);
    });
  });
});
