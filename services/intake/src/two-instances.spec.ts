import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type RunningService, startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { freePort } from '@waymark/testing';
import { callAt, concern } from './intake.fixture.js';
import { intake } from './intake.service.js';

describe('what was told at one instance of intake', () => {
  let stage: Stage;
  let second: RunningService;
  let database: pg.Client;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'fatal', environment: { TRUSTED_PROXIES: 'loopback' } });
    const environment = { ...stage.environmentOf('intake'), PORT: String(await freePort()) };
    second = await startService(intake, { environment, clock: stage.clock });
    database = new pg.Client({ connectionString: stage.environmentOf('intake').DATABASE_URL });
    await database.connect();
  });
  afterAll(async () => {
    await database?.end();
    await second?.stop();
    await stage?.close();
  });
  beforeEach(() => stage.clock.advance({ hours: 1 }));

  interface Answer {
    readonly status: number;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into whatever came
    readonly body: any;
  }
  const ask = async (url: string, method: string, path: string, body?: object, as?: string): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...{ 'content-type': 'application/json', 'idempotency-key': randomUUID(), 'x-forwarded-for': '192.0.2.1' },
        ...(as === undefined ? {} : { authorization: `Bearer ${await stage.token(as)}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
  const atFirst = (...asked: [string, string, object?, string?]) => ask(stage.running('intake').url, ...asked);
  const atSecond = (...asked: [string, string, object?, string?]) => ask(second.url, ...asked);
  const show = (receipt: string) => atSecond('POST', '/v1/receipt-sessions', { receipt });
  const wrong = (index: number): string => String(1_000_000_000_000_000 + index);

  /** While the receipts do not move on; what they show can be read. */
  const withReceiptsHeld = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    await database.query('BEGIN');
    await database.query('LOCK TABLE receipts_v2.receipts IN SHARE MODE');
    try {
      return await work();
    } finally {
      await database.query('ROLLBACK');
    }
  };

  it('opens the concern at another with its receipt at once, and costs the address no attempt', async () => {
    for (let round = 0; round < 12; round += 1) {
      const { body } = await atFirst('POST', '/v1/concerns', concern);
      expect(await show(body.receipt)).toMatchObject({ status: 200, body: { scope: 'reporter' } });
    }
  });

  it('also while the receipts that other processes look at are behind: right and wrong ones wait, and only wrong ones count', async () => {
    const shown = await withReceiptsHeld(async () => {
      const { body } = await atFirst('POST', '/v1/concerns', concern);
      const answers = [body.receipt, ...Array.from({ length: 9 }, (_each, index) => wrong(index))].map(show);
      const first = await Promise.race([...answers, pause(500)]);
      expect(first).toBeUndefined();
      return { receipt: body.receipt, answers };
    });
    const [right, ...others] = await Promise.all(shown.answers);
    expect(right).toMatchObject({ status: 200 });
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([401]));
    expect(await show(shown.receipt)).toMatchObject({ status: 200 });
    expect(await show(wrong(9))).toMatchObject({ status: 401 });
    expect(await show(shown.receipt)).toMatchObject({ status: 429 });
  });

  it('is neither denied nor counted while the receipts cannot be brought up to date', async () => {
    const [receipt, answers] = await withReceiptsHeld(async () => {
      const { body } = await atFirst('POST', '/v1/concerns', concern);
      return [
        body.receipt,
        await Promise.all([body.receipt, ...Array.from({ length: 12 }, (_, n) => wrong(n))].map(show)),
      ];
    });
    const alike = answers.map(({ status, body }) => ({ status, ...body, instance: '' }));
    expect(alike[0]).toMatchObject({ status: 503, code: 'view_behind' });
    expect(new Set(alike.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(await show(receipt)).toMatchObject({ status: 200 });
  });

  it('is in the list of another', async () => {
    for (let round = 0; round < 10; round += 1) {
      const call = callAt(stage.clock.now(), { narrative: `Call ${round}` });
      const { body } = await atFirst('POST', '/v1/contacts', call, 'amina.officer');
      const queue = await atSecond('GET', '/v1/concerns?waitingFor=any&limit=100', undefined, 'amina.officer');
      expect(queue.body.items.map((line: { concernId: string }) => line.concernId)).toContain(body.concernId);
    }
  });
});
