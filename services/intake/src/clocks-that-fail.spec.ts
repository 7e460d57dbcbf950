import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type RunningService, startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually, freePort } from '@waymark/testing';
import { callAt, clocksWound, deskOf, eventsOf, typesOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

const everything = ['FirstResponseDue', 'FirstResponseOverdue', 'ConcernEscalated', 'ConcernEscalated'];

jest.setTimeout(180_000);

describe('a clock that fails for one concern', () => {
  let stage: Stage;
  let second: RunningService;
  let desk: ReturnType<typeof deskOf>;
  const lines: string[] = [];
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error', logTo: (line) => lines.push(line) });
    const environment = { ...stage.environmentOf('intake'), LOG_LEVEL: 'silent', PORT: String(await freePort()) };
    second = await startService(intake, { environment, clock: stage.clock });
    desk = deskOf(stage);
  });
  afterAll(async () => {
    await second?.stop();
    await stage?.close();
  });

  const said = async (concernId: string) => typesOf(await eventsOf(stage, concernId)).slice(1);
  const register = async (count: number): Promise<readonly string[]> => {
    const calls = Array.from({ length: count }, () => desk.register(callAt(stage.clock.now())));
    const concerns = await Promise.all(calls);
    await clocksWound(stage);
    return concerns;
  };
  const due = (concerns: readonly string[]) =>
    stage.query<{ failures: number }>(
      'intake',
      'SELECT failures FROM response_clocks WHERE due_at <= $1 AND concern_id = ANY($2)',
      [stage.clock.now(), concerns],
    );
  const allRung = (concerns: readonly string[]) =>
    eventually(async () => expect(await due(concerns)).toEqual([]), { timeoutMs: 40_000 });
  const bell = (concernId: string, command: string, at: string) =>
    stage.query('intake', 'INSERT INTO response_clocks (concern_id, command, due_at) VALUES ($1, $2, $3)', [
      concernId,
      command,
      at,
    ]);

  it('leaves all others alone: they ring on time, in order, each once, with two instances at work', async () => {
    const lost = randomUUID();
    await bell(lost, 'WarnOfFirstResponseDue', stage.clock.now());
    const early = await register(30);
    const [premature = ''] = await register(1);
    await stage.query(
      'intake',
      `UPDATE response_clocks SET due_at = due_at - interval '3 hours' WHERE concern_id = $1 AND command = $2`,
      [premature, 'WarnOfFirstResponseDue'],
    );
    const late = await register(30);
    const good = [...early, ...late];
    stage.clock.advance({ hours: 17 });
    await eventually(async () => expect((await due([premature]))[0]?.failures).toBeGreaterThan(0));
    stage.clock.advance({ hours: 3 });
    await allRung([...good, premature]);
    for (const concernId of [...good, premature]) expect(await said(concernId)).toEqual(everything.slice(0, 1));
    stage.clock.advance({ hours: 8 });
    await allRung([...good, premature]);
    for (const concernId of [...good, premature]) expect(await said(concernId)).toEqual(everything);

    const [{ failures } = { failures: 0 }] = await due([lost]);
    expect(failures).toBeGreaterThan(1);
    const metrics = async () => String((await stage.ask('intake', 'GET', '/metrics')).body);
    expect(await metrics()).toMatch(/waymark_due_work_stuck\{[^}]*work="response-clocks"[^}]*\} 1\n/);
    expect(await metrics()).toMatch(/waymark_due_work_failures_total\{[^}]*work="response-clocks"[^}]*\} \d+\n/);
    expect(await stage.ask('intake', 'GET', '/health/ready')).toMatchObject({ status: 200 });
    await stage.query('intake', 'DELETE FROM response_clocks WHERE concern_id = $1', [lost]);
    expect(await metrics()).toMatch(/waymark_due_work_stuck\{[^}]*work="response-clocks"[^}]*\} 0\n/);
  });

  it('says in the log which concern it is', async () => {
    const lost = randomUUID();
    await bell(lost, 'WarnOfFirstResponseDue', stage.clock.now());
    await second.stop();
    await eventually(async () => {
      stage.clock.advance({ minutes: 5 });
      expect(lines.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ work: 'response-clocks', concern_id: lost, command: 'WarnOfFirstResponseDue' }),
      );
    });
    await stage.query('intake', 'DELETE FROM response_clocks WHERE concern_id = $1', [lost]);
  });

  it('rings no second time after a crash between a bell and its deletion', async () => {
    const [concernId = ''] = await register(1);
    const bells = await stage.query<{ command: string; due_at: Date }>(
      'intake',
      'SELECT command, due_at FROM response_clocks WHERE concern_id = $1 ORDER BY due_at',
      [concernId],
    );
    expect(bells).toHaveLength(3);
    stage.clock.advance({ hours: 30 });
    await allRung([concernId]);
    expect(await said(concernId)).toEqual(everything);
    for (const { command, due_at } of bells) await bell(concernId, command, due_at.toISOString());
    await allRung([concernId]);
    expect(await said(concernId)).toEqual(everything);
  });
});
