import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseMessages, topicOf } from '@waymark/contracts';
import type { RecordedEvent } from '@waymark/event-store';
import { derivedId, type Message } from '@waymark/messaging';
import { createLog, processIdOf, type RunningService, startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually, freePort } from '@waymark/testing';
import { concernAcceptance } from './concern/processes/concern-acceptance.process.js';
import { consentTo } from './erasing.fixture.js';
import { deskOf, eventsOf, typesOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

jest.setTimeout(180_000);

describe('an accepted concern that waits for its case, with two instances of the service', () => {
  let stage: Stage;
  let second: RunningService;
  let desk: ReturnType<typeof deskOf>;
  const lines: string[] = [];
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error', logTo: (line) => void lines.push(line) });
    const environment = { ...stage.environmentOf('intake'), PORT: String(await freePort()) };
    const log = createLog('intake', 'error', { write: (line) => void lines.push(line) });
    second = await startService(intake, { environment, clock: stage.clock, log });
    desk = deskOf(stage);
  });
  afterAll(async () => {
    await second?.stop();
    await stage?.close();
  });

  const accepted = async (changed: object = {}) => {
    const raised = await desk.submit(changed);
    await desk.accept(raised.concernId);
    return raised;
  };
  const processOf = async (concernId: string): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    const stream = `intake_process-${processIdOf(concernAcceptance, concernId)}`;
    for await (const event of stage.log.readStream(stream)) events.push(event);
    return events;
  };
  const steps = async (concernId: string) =>
    (await processOf(concernId)).map(({ type, data }) =>
      [type.replace('Process', ''), 'step' in data ? data.step : ''].join(' ').trim(),
    );
  const until = (concernId: string, ...expected: readonly string[]) =>
    eventually(async () => expect(await steps(concernId)).toEqual(expected), { timeoutMs: 40_000 });
  const message = (type: string, subject: string, sequence: number, data: object): Message => ({
    ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/case', type, subject, time: stage.clock.now() },
    ...{ datacontenttype: 'application/json', sequence, correlationid: randomUUID(), causationid: randomUUID(), data },
  });
  const opened = (concernId: string): Message => {
    const caseId = derivedId('case', concernId);
    const officerId = stage.idOf('amina.officer');
    const data = { caseId, concernId, clientId: randomUUID(), officerId, openedAt: stage.clock.now() };
    return message(caseMessages.caseOpened.type, caseId, 1, data);
  };
  const confirmed = (concernId: string): Message => {
    const caseId = derivedId('case', concernId);
    const data = { caseId, concernId, clientId: randomUUID() };
    return message(caseMessages.openingConfirmed.type, caseId, 1, data);
  };
  const tell = (...messages: readonly Message[]) => stage.busOf('case').publish(topicOf('case'), messages);
  const get = async (path: string): Promise<string> => (await fetch(`${stage.running('intake').url}${path}`)).text();
  const whole = [
    ...['Started', 'StepTaken open_case', 'StepAnswered open_case', 'StepDone open_case'],
    ...['StepTaken upgrade_receipt', 'StepDone upgrade_receipt', 'Completed'],
  ];
  const overdue = ['Started', 'StepTaken open_case', 'StepOverdue open_case', 'StepTaken open_case'];

  it('is led to its end once, whatever comes how often', async () => {
    const { concernId, receipt } = await accepted();
    const witness = await accepted({ reporterRelation: 'witness' });
    for (const each of [concernId, witness.concernId]) await until(each, ...whole.slice(0, 2));
    const came = opened(concernId);
    await tell(came, came, opened(witness.concernId), came);
    await until(concernId, ...whole);
    await until(witness.concernId, ...whole);
    expect(await desk.session(receipt)).toMatchObject({ scope: 'client' });
    const upgraded = async (id: string) =>
      typesOf(await eventsOf(stage, id)).filter((type) => type === 'ReceiptUpgraded');
    expect(await upgraded(concernId)).toHaveLength(1);
    expect(await upgraded(witness.concernId)).toHaveLength(0);
  });

  it('is an alarm after five minutes, asks again, and is over by itself when the case is confirmed', async () => {
    const { concernId, receipt } = await accepted();
    await until(concernId, ...overdue.slice(0, 2));
    stage.clock.advance({ minutes: 6 });
    await until(concernId, ...overdue);
    const asked = (await eventsOf(stage, concernId)).filter(({ type }) => type === 'CaseRequested');
    expect(asked).toMatchObject([{ data: { officerId: stage.idOf('amina.officer') } }]);
    expect(lines.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ process: 'concern-acceptance', step: 'open_case', missing: [concernId] }),
    );
    expect(await get('/metrics')).toMatch(
      /waymark_processes_overdue\{process="concern-acceptance",step="open_case",.*\} 1\n/,
    );
    expect(await stage.ask('intake', 'GET', '/health/ready')).toMatchObject({
      status: 200,
      body: { parts: { processes: 'ok, but 1 of concern-acceptance overdue at open_case' } },
    });

    await tell(confirmed(concernId));
    await until(concernId, ...overdue, ...whole.slice(2));
    expect(await desk.session(receipt)).toMatchObject({ scope: 'client' });
    await eventually(async () => expect(await get('/health/ready')).toContain('"processes":"ok"'));
  });

  it('is over without a case when its client was erased before the case service heard of it', async () => {
    const { concernId } = await accepted();
    await until(concernId, ...overdue.slice(0, 2));
    const consent = consentTo(stage);
    await consent.erase((await consent.personsOf(concernId)).clientId);
    stage.clock.advance({ minutes: 6 });
    await until(concernId, ...overdue, 'StepDone open_case', ...whole.slice(4));
    expect(typesOf(await eventsOf(stage, concernId))).not.toContain('CaseRequested');
  });

  it('repeats nothing when its topic is filled again for a service that has forgotten what it knew', async () => {
    const { concernId } = await accepted();
    const came = opened(concernId);
    await tell(came);
    await eventually(async () => expect((await steps(concernId)).at(-1)).toBe('Completed'));
    const before = await steps(concernId);
    await stage.query('intake', 'DELETE FROM inbox');
    await stage.query('intake', 'DELETE FROM inbox_sequence');
    await tell(came);
    await eventually(async () =>
      expect(await stage.query('intake', 'SELECT 1 FROM inbox WHERE message_id = $1', [came.id])).toHaveLength(1),
    );
    expect(await steps(concernId)).toEqual(before);
  });

  it('rings no bell twice that was left lying by a crash', async () => {
    const { concernId } = await accepted();
    await tell(opened(concernId));
    await eventually(async () => expect((await steps(concernId)).at(-1)).toBe('Completed'));
    const before = [await steps(concernId), typesOf(await eventsOf(stage, concernId))];
    const id = processIdOf(concernAcceptance, concernId);
    const left = [
      ...[
        ['start', '', 0],
        ['take', 'open_case', 1],
        ['take', 'open_case', 2],
      ],
      ...[
        ['overdue', 'open_case', 0],
        ['take', 'upgrade_receipt', 1],
      ],
    ];
    for (const [work, step, attempt] of left)
      await stage.query(
        'intake',
        `INSERT INTO process_clocks (process_id, work, step, attempt, due_at, process, about, stream)
         VALUES ($1, $2, $3, $4, $5, 'concern-acceptance', $6, $7)`,
        [id, work, step, attempt, stage.clock.now(), concernId, `concern-${concernId}`],
      );
    await eventually(async () =>
      expect(await stage.query('intake', 'SELECT 1 FROM process_clocks WHERE process_id = $1', [id])).toEqual([]),
    );
    expect([await steps(concernId), typesOf(await eventsOf(stage, concernId))]).toEqual(before);
  });
});
