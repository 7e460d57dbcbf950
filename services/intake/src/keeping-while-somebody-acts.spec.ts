import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Aggregates, Clock, RetentionRule, Views } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { DataSource } from 'typeorm';
import { ConcernMarks } from './concern/concern-marks.js';
import { EndDueRetentionsHandler } from './concern/features/end-retention.js';
import { deskOf, eventsOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';

describe('the retention rule of intake, run at its own moment', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    // The service itself has no rule: the specs run it.
    stage = await startStage({ services: [intake], logLevel: 'fatal', now: new Date().toISOString() });
    desk = deskOf(stage);
  });
  beforeEach(() => stage.clock.set(new Date().toISOString()));
  afterAll(() => stage?.close());

  const raise = async (): Promise<string> => {
    const { concernId } = await desk.submit();
    await desk.step(concernId, 'allocation', officer);
    await desk.step(concernId, 'messages', officer, { text: 'We are here.' });
    return concernId;
  };
  const monthsPass = async (): Promise<void> => {
    await pause(20);
    const later = new Date();
    later.setUTCMonth(later.getUTCMonth() + 7);
    stage.clock.set(later.toISOString());
  };
  /** What happens `meanwhile` comes after the rule has found what is due, and before it tells. */
  const run = (meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<void> => {
    const { app } = stage.running('intake');
    const found = app.get(DataSource);
    const dataSource = {
      query: async (sql: string, parameters: unknown[]) => {
        const rows: unknown = await found.query(sql, parameters);
        // Before it waits for the views it looks for one only.
        if (parameters[2] === 100) await meanwhile();
        return rows;
      },
    } as DataSource;
    const rule = new RetentionRule(6);
    const [aggregates, clock, marks] = [app.get(Aggregates), app.get(Clock), app.get(ConcernMarks)];
    return new EndDueRetentionsHandler(aggregates, dataSource, clock, rule, marks, app.get(Views)).execute();
  };
  const typesOf = async (concernId: string) => (await eventsOf(stage, concernId)).map(({ type }) => type);

  it('does not tell of a concern in which somebody has acted just then', async () => {
    const concernId = await raise();
    await monthsPass();
    let acted: unknown;
    await run(async () => (acted ??= await desk.step(concernId, 'messages', officer, { text: 'Are you well?' })));
    expect(acted).toBeDefined();
    expect(await typesOf(concernId)).not.toContain('RetentionEnded');
  });

  it('tells of the others where one cannot be read, because its key is missing', async () => {
    const [lacking = '', ...others] = (await Promise.all([raise(), raise(), raise()])).toSorted();
    const [submitted] = await eventsOf(stage, lacking);
    const { clientId } = submitted?.data as { clientId: string };
    await stage.stop('intake');
    await stage.queryKeys('intake', 'DELETE FROM data_keys WHERE subject_id = $1', [clientId]);
    await stage.start('intake');
    await monthsPass();
    await eventually(() => expect(run()).rejects.toThrow('key'));
    for (const concernId of others) expect(await typesOf(concernId)).toContain('RetentionEnded');
    expect(await typesOf(lacking)).not.toContain('RetentionEnded');
  });
});
