import { randomUUID } from 'node:crypto';
import type { Answer, Http } from './http.js';

/** A wrong answer of the platform: the story ends here. */
export class WrongAnswer extends Error {}

/** Ends the story unless `holds`. */
export function demand(holds: boolean, otherwise: string, answer?: Answer): asserts holds {
  if (holds) return;
  throw new WrongAnswer(
    answer ? `${otherwise}; the answer was ${answer.status} ${JSON.stringify(answer.body).slice(0, 400)}` : otherwise,
  );
}

/** Ends the story unless the answer has this status. */
export function demandStatus(answer: Answer, status: number, what: string): Answer {
  demand(answer.status === status, `${what}: expected ${status}`, answer);
  return answer;
}

/** Asks again until `holds` or the time is over: for what comes by message. */
export async function until<Result>(
  what: string,
  seconds: number,
  ask: () => Promise<Result | undefined>,
): Promise<Result> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const result = await ask();
    if (result !== undefined) return result;
    if (Date.now() > end) throw new WrongAnswer(`${what}: not within ${seconds} seconds`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What the people of the story hold in their hands from step to step. */
export interface World {
  readonly http: Http;
  readonly run: string;
  concernId: string;
  receipt: string;
  reporterToken: string;
  clientId: string;
  caseId: string;
  consentId: string;
  referralId: string;
  clientToken: string;
  beforeWithdrawal: string;
}

export const newWorld = (http: Http): World => ({
  http,
  run: randomUUID(),
  concernId: '',
  receipt: '',
  reporterToken: '',
  clientId: '',
  caseId: '',
  consentId: '',
  referralId: '',
  clientToken: '',
  beforeWithdrawal: '',
});

export interface Step {
  readonly title: string;
  readonly play: (world: World) => Promise<string>;
}
