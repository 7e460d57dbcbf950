import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningService, startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { freePort } from '@waymark/testing';
import { deskOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

describe('many people with receipts at the same instant', () => {
  let stage: Stage;
  let second: RunningService;
  let desk: ReturnType<typeof deskOf>;
  let receipts: readonly string[];
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error', environment: { TRUSTED_PROXIES: 'loopback' } });
    const environment = { ...stage.environmentOf('intake'), PORT: String(await freePort()) };
    second = await startService(intake, { environment, clock: stage.clock });
    desk = deskOf(stage);
    const received = await Promise.all(Array.from({ length: 100 }, () => desk.submit()));
    receipts = received.map(({ receipt }) => receipt);
  });
  afterAll(async () => {
    await second?.stop();
    await stage?.close();
  });
  beforeEach(() => stage.clock.advance({ hours: 1 }));

  const show = async (receipt: string, from: string, at = stage.running('intake').url) => {
    const response = await fetch(`${at}/v1/receipt-sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: JSON.stringify({ receipt }),
    });
    const wait = response.headers.get('retry-after');
    return { status: response.status, wait: Number(wait), body: JSON.stringify(await response.json()) };
  };
  const wrong = (index: number): string => String(1_000_000_000_000_000 + index);
  const guesses = (count: number, from: string, at?: string) =>
    Array.from({ length: count }, (_each, index) => show(wrong(index), from, at));
  const tally = (answers: readonly { readonly status: number }[]) => {
    const counts: Record<number, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  };

  it.each([100, 300])('all come in from one address, %i at once, and it costs them no attempt', async (count) => {
    const crowd = Array.from({ length: count }, (_each, index) => receipts[index % receipts.length] ?? '');
    expect(tally(await Promise.all(crowd.map((each) => show(each, '192.0.2.1'))))).toEqual({ 200: count });
    expect(tally(await Promise.all(guesses(11, '192.0.2.1')))).toEqual({ 401: 10, 429: 1 });
  });

  it('come in while two hundred guess from another address, of whom ten get an answer', async () => {
    const flood = guesses(200, '198.51.100.7');
    const honest = receipts.slice(0, 20).map((each, index) => show(each, `192.0.2.${index}`));
    const submitted = Array.from({ length: 5 }, () => desk.submit());
    expect(tally(await Promise.all(honest))).toEqual({ 200: 20 });
    expect(await Promise.all(submitted)).toHaveLength(5);
    expect(tally(await Promise.all(flood))).toEqual({ 401: 10, 429: 190 });
  });

  it('do not let guesses at two instances overshoot, and a right receipt among them is told from a wrong one by nothing', async () => {
    const from = '198.51.100.8';
    const at = [stage.running('intake').url, second.url];
    const flood = at.flatMap((url) => guesses(100, from, url));
    expect(tally(await Promise.all(flood))).toEqual({ 401: 10, 429: 190 });
    const shown = [...receipts.slice(0, 10), ...Array.from({ length: 10 }, (_each, index) => wrong(index))];
    const refused = await Promise.all(shown.map((each, index) => show(each, from, at[index % 2])));
    const alike = refused.map(({ status, wait, body }) => ({ status, wait, body: body.replace(/request:[^"]*/, '') }));
    expect(new Set(alike.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(alike[0]).toMatchObject({ status: 429, wait: 5 });
  });

  it.each([
    ['addresses of their own that they make up', (index: number) => `203.0.113.${index}, 198.51.100.10`],
    ['the addresses of their one IPv6 line', (index: number) => `2001:db8:1:2::${index}`],
  ])('get no more guesses by %s', async (_what, from) => {
    const flood = Array.from({ length: 30 }, (_each, index) => show(wrong(index), from(index)));
    expect(tally(await Promise.all(flood))).toEqual({ 401: 10, 429: 20 });
  });

  it('guess again at one in five seconds once ten were wrong, and a right receipt gets in then', async () => {
    const from = '198.51.100.9';
    await Promise.all(guesses(200, from));
    stage.clock.advance({ seconds: 4 });
    expect(await show(receipts[0] ?? '', from)).toMatchObject({ status: 429, wait: 1 });
    stage.clock.advance({ seconds: 1 });
    expect(tally(await Promise.all(receipts.map((each) => show(each, from))))).toEqual({ 200: 100 });
    expect(tally(await Promise.all(guesses(20, from)))).toEqual({ 401: 1, 429: 19 });
    stage.clock.advance({ seconds: 15 });
    expect(tally(await Promise.all(guesses(20, from)))).toEqual({ 401: 3, 429: 17 });
    stage.clock.advance({ hours: 1 });
    expect(tally(await Promise.all(guesses(20, from)))).toEqual({ 401: 10, 429: 10 });
  });
});
