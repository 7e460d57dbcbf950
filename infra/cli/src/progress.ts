import { SingleBar } from 'cli-progress';
import { number, type Terminal } from './terminal.js';

export interface Progress {
  /** `part`: 0 to 1. */
  update(part: number, events: number): void;
  end(): void;
}

const silent: Progress = { update: () => undefined, end: () => undefined };
const linesEvery = 5_000;

function timeText(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** On stderr, with rate and time left: a bar on a terminal, elsewhere a line every five seconds. */
export function startProgress(what: string, terminal: Terminal, quiet: boolean, unit = 'events'): Progress {
  if (quiet) return silent;
  const begun = performance.now();
  const state = (part: number, events: number) => {
    const seconds = (performance.now() - begun) / 1_000;
    return {
      events: number(events),
      rate: number(Math.round(events / seconds)),
      left: timeText((seconds / part) * (1 - part)),
    };
  };
  return terminal.stderr.isTTY ? bar(what, terminal, unit, state) : lines(what, terminal, unit, state);
}

type StateOf = (
  part: number,
  events: number,
) => { readonly events: string; readonly rate: string; readonly left: string };

function bar(what: string, { stderr }: Terminal, unit: string, stateOf: StateOf): Progress {
  const format = `${what} {bar} {percentage} % | {events} ${unit} | {rate}/s | {left} left`;
  const shown = new SingleBar({ format, stream: stderr, hideCursor: true, stopOnComplete: false });
  shown.start(1_000, 0, stateOf(0, 0));
  return {
    update: (part, events) => shown.update(Math.round(part * 1_000), stateOf(part, events)),
    end: () => shown.stop(),
  };
}

function lines(what: string, { stderr }: Terminal, unit: string, stateOf: StateOf): Progress {
  let last = performance.now();
  return {
    update: (part, events) => {
      if (performance.now() - last < linesEvery) return;
      last = performance.now();
      const { events: done, rate, left } = stateOf(part, events);
      stderr.write(`${what}: ${Math.floor(part * 100)} %, ${done} ${unit}, ${rate}/s, ${left} left\n`);
    },
    end: () => undefined,
  };
}
