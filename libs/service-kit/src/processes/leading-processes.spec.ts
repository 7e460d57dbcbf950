import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { RecordedEvent } from '@waymark/event-store';
import { eventually, FakeClock } from '@waymark/testing';
import { createLog } from '../log.js';
import type { ServiceDefinition } from '../service-definition.js';
import { type RunningService, startService } from '../start-service.js';
import { tallyService } from '../tally.fixture.js';
import { prepareGround, type TallyGround } from '../tally-ground.fixture.js';
import { AnswerProcess } from './answer-process.js';
import { type ProcessDeclaration, processIdOf, type Taking } from './process-declaration.js';
import { processOrders } from './process-orders.js';

/** What the spec lets happen when a step is taken. */
const hooks: { ask: (taking: Taking) => Promise<readonly string[]>; tell: (taking: Taking) => Promise<void> } = {
  ask: ({ about }) => Promise.resolve([about]),
  tell: () => Promise.resolve(),
};

const counting: ProcessDeclaration = {
  service: 'tally',
  name: 'counting',
  version: 1,
  startedBy: { category: 'tally', types: ['Added'], about: ({ stream }) => stream.slice('tally-'.length) },
  steps: [
    { name: 'ask', withinMinutes: 5, take: (taking) => hooks.ask(taking) },
    {
      name: 'tell',
      withinMinutes: 5,
      take: async (taking) => {
        await hooks.tell(taking);
        return [];
      },
    },
  ],
};
const tally: ServiceDefinition = { ...tallyService, processes: { version: 1, declared: [counting] } };

describe('a process, with two instances of its service', () => {
  const clock = new FakeClock('2026-03-02T08:00:00.000Z');
  const lines: string[] = [];
  let ground: TallyGround;
  let database: DataSource;
  let instances: RunningService[] = [];
  const start = async (): Promise<RunningService> => {
    const environment = { ...ground.environment, PORT: await ground.freePort() };
    const log = createLog('tally', 'error', { write: (line) => void lines.push(line) });
    return startService(tally, { environment, clock, log });
  };
  beforeAll(async () => {
    ground = await prepareGround();
    database = await new DataSource({ type: 'postgres', url: ground.databaseUrl }).initialize();
    instances = [await start(), await start()];
  });
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await database?.destroy();
    await ground?.close();
  });

  const url = (path: string): string => `${instances[0]?.url}${path}`;
  const get = async (path: string): Promise<string> => (await fetch(url(path))).text();
  const begin = async (): Promise<string> => {
    const about = randomUUID();
    const answer = await fetch(url(`/v1/tallies/${about}/additions`), {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ by: 1 }),
    });
    expect(answer.status).toBe(201);
    return about;
  };
  const told = async (about: string): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of ground.store.readStream(`tally_process-${processIdOf(counting, about)}`))
      events.push(event);
    return events;
  };
  const types = async (about: string) => (await told(about)).map(({ type }) => type.replace('Process', ''));
  const until = (about: string, ...expected: readonly string[]) =>
    eventually(async () => expect(await types(about)).toEqual(expected), { timeoutMs: 40_000 });
  const answer = (about: string, message = randomUUID(), instance = 0) =>
    instances[instance]!.app.get(CommandBus).execute(
      new AnswerProcess(
        counting,
        about,
        `tally-${about}`,
        { step: 'ask', awaited: about, answer: 'done' },
        { commandId: message, correlationId: message, actor: { kind: 'service', id: 'tally', roles: [] } },
      ),
    );
  const order = (about: string) =>
    processOrders.place(database.manager, { processId: processIdOf(counting, about), operator: 'tomas' });
  const resultOf = (id: string) =>
    eventually(async () => {
      const result = await processOrders.result(database.manager, id);
      expect(result).toBeDefined();
      return result;
    });
  const whole = ['Started', 'StepTaken', 'StepAnswered', 'StepDone', 'StepTaken', 'StepDone', 'Completed'];

  it('starts once for its event and goes through its steps, though the answer comes twice and to both', async () => {
    const tellings: string[] = [];
    hooks.tell = async ({ about, answers }) => void tellings.push(`${about} ${answers[0]?.answer}`);
    const abouts = await Promise.all(Array.from({ length: 12 }, begin));
    for (const about of abouts) await until(about, 'Started', 'StepTaken');
    const message = randomUUID();
    for (const about of abouts)
      await Promise.all([answer(about, message, 0), answer(about, message, 1), answer(about, randomUUID(), 1)]);
    for (const about of abouts) await until(about, ...whole);
    expect(tellings.toSorted()).toEqual(abouts.map((about) => `${about} done`).toSorted());
    const [started] = await told(abouts[0] ?? '');
    expect(started).toMatchObject({
      data: { process: 'counting', processVersion: 1, about: abouts[0], stream: `tally-${abouts[0]}` },
      metadata: { actor: { kind: 'clock', id: 'tally' } },
    });
  });

  it('begins with an answer that is faster than its clock', async () => {
    const about = randomUUID();
    await answer(about);
    expect(await types(about)).toEqual(['Started', 'StepAnswered']);
    await until(about, 'Started', 'StepAnswered', 'StepTaken', 'StepDone', 'StepTaken', 'StepDone', 'Completed');
  });

  it('that dies between a step and its note takes the step again as the same attempt', async () => {
    const calls: string[] = [];
    hooks.tell = async ({ call, attempt }) => {
      calls.push(`${attempt} ${call.commandId}`);
      // What was to be done is done, and nobody has noted it.
      if (calls.length < 3) throw new Error('killed');
    };
    const about = await begin();
    await answer(about);
    await eventually(
      async () => {
        clock.advance({ seconds: 2 });
        expect((await types(about)).at(-1)).toBe('Completed');
      },
      { timeoutMs: 40_000 },
    );
    expect(calls).toHaveLength(3);
    expect(new Set(calls).size).toBe(1);
  });

  it('raises an alarm when nothing comes, asks again, and heals by itself when it comes', async () => {
    hooks.tell = () => Promise.resolve();
    const about = await begin();
    await until(about, 'Started', 'StepTaken');
    expect(await get('/health/ready')).toContain('"processes":"ok"');
    expect(await get('/metrics')).toMatch(
      /waymark_processes_overdue\{process="counting",step="ask",service="tally"\} 0\n/,
    );
    clock.advance({ minutes: 6 });
    await until(about, 'Started', 'StepTaken', 'StepOverdue', 'StepTaken');
    expect((await told(about))[2]).toMatchObject({ data: { step: 'ask', attempts: 1, missing: [about] } });
    const ready = await fetch(url('/health/ready'));
    expect(ready.status).toBe(200);
    expect(await ready.text()).toContain('ok, but 1 of counting overdue at ask');
    const metrics = await get('/metrics');
    expect(metrics).toMatch(/waymark_processes_overdue\{process="counting",step="ask",service="tally"\} 1\n/);
    expect(metrics).toMatch(/waymark_processes_open\{process="counting",step="ask",service="tally"\} 1\n/);
    const alarms = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'process overdue');
    expect(alarms).toMatchObject([{ process: 'counting', processId: processIdOf(counting, about), step: 'ask' }]);

    clock.advance({ minutes: 2 });
    await until(about, 'Started', 'StepTaken', 'StepOverdue', 'StepTaken', 'StepTaken');
    await answer(about);
    await until(about, 'Started', 'StepTaken', 'StepOverdue', 'StepTaken', ...whole.slice(1));
    await eventually(async () => expect(await get('/health/ready')).toContain('"processes":"ok"'));
    expect(await get('/metrics')).toMatch(
      /waymark_processes_overdue\{process="counting",step="ask",service="tally"\} 0\n/,
    );
  });

  it('is overdue also when its step cannot be taken at all', async () => {
    hooks.ask = () => Promise.reject(new Error('nobody is there'));
    const about = await begin();
    await until(about, 'Started');
    clock.advance({ minutes: 6 });
    await until(about, 'Started', 'StepOverdue');
    hooks.ask = ({ about: id }) => Promise.resolve([id]);
    clock.advance({ minutes: 6 });
    await until(about, 'Started', 'StepOverdue', 'StepTaken');
    await answer(about);
    await until(about, 'Started', 'StepOverdue', ...whole.slice(1));
  });

  it('takes its step once more when an operator orders it, once, and the log says who', async () => {
    const about = await begin();
    await until(about, 'Started', 'StepTaken');
    expect(await resultOf(await order(about))).toEqual({ outcome: 'taken', step: 'ask', attempt: 2 });
    expect(await types(about)).toEqual(['Started', 'StepTaken', 'StepTaken']);
    expect((await told(about))[2]?.metadata.actor).toEqual({ kind: 'operator', id: 'tomas' });
    hooks.ask = () => Promise.reject(new Error('she wrote to us'));
    expect(await resultOf(await order(about))).toEqual({ outcome: 'failed', error: 'Error' });
    hooks.ask = ({ about: id }) => Promise.resolve([id]);
    await answer(about);
    await until(about, 'Started', 'StepTaken', ...whole.slice(1));
    expect(await resultOf(await order(about))).toEqual({ outcome: 'not_open' });
    expect(await resultOf(await order(randomUUID()))).toEqual({ outcome: 'not_open' });
  });

  it('takes it no second time for an order whose result was lost when its service died', async () => {
    const about = await begin();
    await until(about, 'Started', 'StepTaken');
    const ordered = await order(about);
    const result = await resultOf(ordered);
    expect(result).toEqual({ outcome: 'taken', step: 'ask', attempt: 2 });
    await database.query('UPDATE process_orders SET done_at = NULL, result = NULL WHERE id = $1', [ordered]);
    expect(await resultOf(ordered)).toEqual(result);
    expect(await types(about)).toEqual(['Started', 'StepTaken', 'StepTaken']);
  });

  it('goes on where it was after all instances were down, and does what was ordered meanwhile', async () => {
    const about = await begin();
    await until(about, 'Started', 'StepTaken');
    await Promise.all(instances.map((instance) => instance.stop()));
    clock.advance({ hours: 3 });
    const ordered = await order(about);
    instances = [await start(), await start()];
    // The clock and the order meet: whichever comes second finds the step taken, or takes it once more.
    await eventually(async () => {
      const events = await types(about);
      expect(events.filter((type) => type === 'StepOverdue')).toHaveLength(1);
      expect(events.filter((type) => type === 'StepTaken').length).toBeGreaterThanOrEqual(2);
    });
    expect(await resultOf(ordered)).toMatchObject({ outcome: 'taken', step: 'ask' });
    await answer(about);
    await eventually(async () => expect((await types(about)).at(-1)).toBe('Completed'));
  });
});
