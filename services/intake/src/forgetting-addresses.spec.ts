import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { concern } from './intake.fixture.js';
import { intake } from './intake.service.js';

describe('what intake keeps of an address', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.query('intake', 'DELETE FROM token_buckets'));

  const kept = async (): Promise<number> => {
    const [row] = await stage.query<{ kept: number }>('intake', 'SELECT count(*)::int AS kept FROM token_buckets');
    return row?.kept ?? -1;
  };
  const forgotten = () => eventually(async () => expect(await kept()).toBe(0));
  /** Longer than the clock of the service rests. */
  const aWhile = () => pause(2_500);
  const guess = (index: number) =>
    stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt: String(1_000_000_000_000_000 + index) } });

  it('is gone two and a half minutes after they raised a concern', async () => {
    expect(await stage.ask('intake', 'POST', '/v1/concerns', { body: concern })).toMatchObject({ status: 201 });
    stage.clock.advance({ seconds: 149 });
    await aWhile();
    expect(await kept()).toBe(1);
    stage.clock.advance({ seconds: 1 });
    await forgotten();
  });

  it('is not gone before they may guess as often as anybody', async () => {
    for (let index = 0; index < 10; index += 1) expect(await guess(index)).toMatchObject({ status: 401 });
    stage.clock.advance({ seconds: 49 });
    await aWhile();
    expect(await kept()).toBe(1);
    for (let index = 0; index < 9; index += 1) expect(await guess(index)).toMatchObject({ status: 401 });
    expect(await guess(9)).toMatchObject({ status: 429 });
    stage.clock.advance({ seconds: 50 });
    await forgotten();
  });

  it('is gone also when very many were there', async () => {
    await stage.query(
      'intake',
      `INSERT INTO token_buckets (name, source, tokens, filled_at)
       SELECT name, int4send(number), 0, $1 FROM generate_series(1, 1500) AS number, unnest($2::text[]) AS name`,
      [stage.clock.now(), ['receipt-guess', 'submission']],
    );
    stage.clock.advance({ seconds: 151 });
    await forgotten();
  });
});
