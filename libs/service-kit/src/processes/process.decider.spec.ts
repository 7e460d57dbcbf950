import { describe, it } from '@jest/globals';
import { type DecisionContext, specify } from '@waymark/event-sourcing';
import { processDecider, type ProcessPlan } from './process.decider.js';
import type { ProcessEvent } from './process.events.js';

const [about, first, second] = [
  '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10',
  '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b20',
  '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b21',
];
const since = '2026-03-02T08:00:00.000Z';
const dueAt = '2026-03-02T08:05:00.000Z';
const late = { now: '2026-03-02T08:06:00.000Z' };

const context: DecisionContext = {
  now: '2026-03-02T08:00:30.000Z',
  actor: { kind: 'clock', id: 'consent', roles: [] },
  newId: (label) => label,
  eventIdAt: String,
};
const plan: ProcessPlan = {
  ...{ process: 'two-steps', processVersion: 1, about, stream: `consent-${about}` },
  steps: [
    { step: 'ask', withinSeconds: 300 },
    { step: 'tell', withinSeconds: 60 },
  ],
};

const started: ProcessEvent = { type: 'ProcessStarted', data: { ...plan, since, dueAt } };
const taken = (attempt: number, awaits: readonly string[], againAt?: string): ProcessEvent => ({
  type: 'ProcessStepTaken',
  data: { step: 'ask', attempt, awaits, ...(againAt === undefined ? {} : { againAt }) },
});
const answered = (awaited: string, step = 'ask'): ProcessEvent => ({
  type: 'ProcessStepAnswered',
  data: { step, awaited, answer: 'done' },
});
const overdue: ProcessEvent = {
  type: 'ProcessStepOverdue',
  data: { step: 'ask', dueAt, attempts: 1, missing: [second] },
};
const nextDueAt = '2026-03-02T08:01:30.000Z';
const asked: ProcessEvent = {
  type: 'ProcessStepDone',
  data: { step: 'ask', next: { step: 'tell', dueAt: nextDueAt } },
};
const told: readonly ProcessEvent[] = [
  { type: 'ProcessStepTaken', data: { step: 'tell', attempt: 1, awaits: [] } },
  { type: 'ProcessStepDone', data: { step: 'tell' } },
  { type: 'ProcessCompleted', data: { process: 'two-steps' } },
];

const start = { type: 'StartProcess', plan, since } as const;
const take = (attempt: number, ...awaits: readonly string[]) =>
  ({ type: 'NoteStepTaken', step: 'ask', attempt, awaits }) as const;
const answer = (awaited: string, step = 'ask') =>
  ({ type: 'AnswerStep', plan, answer: { step, awaited, answer: 'done' } }) as const;
const raiseAlarm = { type: 'NoteStepOverdue', step: 'ask' } as const;

const given = (...events: readonly ProcessEvent[]) => specify(processDecider, context).given(...events);

describe('a process', () => {
  it('starts once, with a deadline that counts from its cause', () => {
    given().when(start).then(started);
    given(started).when(start).then();
  });

  it('goes on when all that a step waits for has come, and ends with its last step', () => {
    given(started)
      .when(take(1, first, second))
      .then(taken(1, [first, second]));
    given(started, taken(1, [first, second]))
      .when(answer(first))
      .then(answered(first));
    given(started, taken(1, [first, second]), answered(first))
      .when(answer(second))
      .then(answered(second), asked);
    given(started, taken(1, [first]), answered(first), asked)
      .when({ type: 'NoteStepTaken', step: 'tell', attempt: 1, awaits: [] })
      .then(...told);
  });

  it('counts an answer that is faster than the note that it was asked for, or than the start', () => {
    given(started, answered(first))
      .when(take(1, first))
      .then(taken(1, [first]), asked);
    const fromNow = { ...started.data, since: context.now, dueAt: '2026-03-02T08:05:30.000Z' } as typeof started.data;
    given().when(answer(first)).then({ type: 'ProcessStarted', data: fromNow }, answered(first));
  });

  it('is not changed by what comes twice, too late, or when it is over', () => {
    given(started, taken(1, [first, second]), answered(first))
      .when(answer(first))
      .then();
    given(started, taken(1, [first]))
      .when(take(1, first))
      .then();
    given(started, taken(1, [first]), answered(first), asked)
      .when(take(2, first))
      .then();
    given(started, taken(1, [first]), answered(first), asked)
      .when(raiseAlarm, late)
      .then();
    const over = [started, taken(1, [first]), answered(first), asked, ...told];
    given(...over)
      .when(answer(first))
      .then();
    given(...over)
      .when(raiseAlarm, late)
      .then();
    given(...over)
      .when(start)
      .then();
  });

  it('becomes overdue once, naming what is missing, and not before its deadline', () => {
    const open = [started, taken(1, [first, second]), answered(first)];
    given(...open)
      .when(raiseAlarm)
      .thenRejectedWith('clock_not_due');
    given(...open)
      .when(raiseAlarm, late)
      .then(overdue);
    given(...open, overdue)
      .when(raiseAlarm, late)
      .then();
  });

  it('takes an overdue step again, ever more seldom, until the answer heals it', () => {
    const open = [started, taken(1, [second]), overdue];
    const [second_, third] = ['2026-03-02T08:07:00.000Z', '2026-03-02T08:08:00.000Z'];
    given(...open)
      .when(take(2, second), late)
      .then(taken(2, [second], second_));
    given(...open, taken(2, [second], second_))
      .when(take(3, second), late)
      .then(taken(3, [second], third));
    const hourAtMost = '2026-03-02T09:06:00.000Z';
    given(...open, taken(2, [second], second_))
      .when(take(40, second), late)
      .then(taken(40, [second], hourAtMost));
    given(...open, taken(2, [second], second_))
      .when(answer(second))
      .then(answered(second), asked);
  });

  it('that nobody has started cannot be taken further', () => {
    given().when(take(1)).thenRejectedWith('process_not_found');
    given().when(raiseAlarm).thenRejectedWith('process_not_found');
  });
});
