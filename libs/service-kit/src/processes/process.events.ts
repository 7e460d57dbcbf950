import { Type } from '@sinclair/typebox';
import { closed, formed, id, instant } from '@waymark/contracts';
import { declareEvents, type EventOf, type Shape } from '@waymark/event-sourcing';

const stepName = formed(/^[a-z][a-z_]{0,39}$/, 'open_case');
const processName = formed(/^[a-z][a-z-]{0,39}$/, 'concern-acceptance');

/** A step, and within how many seconds of its beginning it has to be done. */
const plannedStep = Type.Object({ step: stepName, withinSeconds: Type.Integer({ minimum: 1 }) }, closed);
export type PlannedStep = Shape<typeof plannedStep>;

/**
 * What a process of several steps tells of itself, in a category of its service. Ids, codes and times only: operators see all of it.
 * The plan goes with the start, so that a process is led to its end as it was begun, also by a later release.
 */
export const processEvents = declareEvents({
  ProcessStarted: {
    version: 1,
    data: {
      process: processName,
      processVersion: Type.Integer({ minimum: 1 }),
      /** Id of what it is about, and the stream in which its cause lies. */
      about: id,
      stream: formed(/^[a-z][a-z_]{0,63}-[0-9a-f-]{36}$/, 'concern-018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10'),
      steps: Type.Array(plannedStep, { minItems: 1 }),
      since: instant,
      /** Deadline of the first step. */
      dueAt: instant,
    },
    sealed: {},
  },
  ProcessStepTaken: {
    version: 1,
    data: {
      step: stepName,
      attempt: Type.Integer({ minimum: 1 }),
      /** Each of these has to be answered; none when the taking itself was all there was to do. */
      awaits: Type.Array(id),
      /** When an overdue step is taken once more. */
      againAt: Type.Optional(instant),
    },
    sealed: {},
  },
  ProcessStepAnswered: {
    version: 1,
    data: { step: stepName, awaited: id, /** An id or a code. */ answer: formed(/^[a-z0-9_-]{1,64}$/, 'suspended') },
    sealed: {},
  },
  ProcessStepOverdue: {
    version: 1,
    data: {
      step: stepName,
      dueAt: instant,
      /** How often it has been taken. */
      attempts: Type.Integer({ minimum: 0 }),
      missing: Type.Array(id),
    },
    sealed: {},
  },
  ProcessStepDone: {
    version: 1,
    data: { step: stepName, next: Type.Optional(Type.Object({ step: stepName, dueAt: instant }, closed)) },
    sealed: {},
  },
  ProcessCompleted: { version: 1, data: { process: processName }, sealed: {} },
});

export type ProcessEvent = EventOf<typeof processEvents>;
