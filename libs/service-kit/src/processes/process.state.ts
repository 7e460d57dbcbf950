import type { Instant } from '@waymark/event-sourcing';
import type { PlannedStep, ProcessEvent } from './process.events.js';

export interface NoProcess {
  readonly status: 'none';
}

/** Something that was awaited and has come. It may come before its step was taken. */
export interface Answer {
  readonly step: string;
  readonly awaited: string;
  /** An id or a code. */
  readonly answer: string;
}

/** The step that a process is at. */
export interface CurrentStep {
  readonly step: string;
  readonly dueAt: Instant;
  /** How often it was taken; none yet when 0. */
  readonly attempts: number;
  readonly awaits: readonly string[];
  readonly overdue: boolean;
}

interface Known {
  readonly process: string;
  readonly about: string;
  readonly stream: string;
  readonly steps: readonly PlannedStep[];
  readonly answers: readonly Answer[];
}

export interface OpenProcess extends Known {
  readonly status: 'open';
  readonly current: CurrentStep;
}

export interface CompletedProcess extends Known {
  readonly status: 'completed';
}

export type ProcessState = NoProcess | OpenProcess | CompletedProcess;

export const noProcess: ProcessState = { status: 'none' };

const begun = (step: string, dueAt: Instant): CurrentStep => ({
  step,
  dueAt,
  attempts: 0,
  awaits: [],
  overdue: false,
});

export function evolve(state: ProcessState, event: ProcessEvent): ProcessState {
  if (event.type === 'ProcessStarted') {
    const { process, about, stream, steps, dueAt } = event.data;
    const current = begun(steps[0]?.step ?? '', dueAt);
    return { status: 'open', process, about, stream, steps, answers: [], current };
  }
  if (state.status !== 'open') return state;
  const { current } = state;
  switch (event.type) {
    case 'ProcessStepTaken': {
      const { attempt: attempts, awaits } = event.data;
      return { ...state, current: { ...current, attempts, awaits } };
    }
    case 'ProcessStepAnswered':
      return { ...state, answers: [...state.answers, event.data] };
    case 'ProcessStepOverdue':
      return { ...state, current: { ...current, overdue: true } };
    case 'ProcessStepDone': {
      const { next } = event.data;
      return next ? { ...state, current: begun(next.step, next.dueAt) } : state;
    }
    case 'ProcessCompleted': {
      const { process, about, stream, steps, answers } = state;
      return { status: 'completed', process, about, stream, steps, answers };
    }
  }
}

/** What the current step still waits for. */
export const missingOf = ({ current, answers }: OpenProcess): readonly string[] =>
  current.awaits.filter((id) => !answers.some(({ step, awaited }) => step === current.step && awaited === id));
