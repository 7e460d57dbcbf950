import type { Vignette } from '@waymark/demo';
import type { Random } from '@waymark/testing';
import type { AccountBook } from './account-book.js';
import type { Answer, Caller, Commanded } from './caller.js';

/** Ends a matter early: an answer stayed away or was a refusal, or the load is over. */
export class GivenUp extends Error {}

/** What the people of one matter hold in their hands. */
export interface Matter {
  readonly caller: Caller;
  readonly book: AccountBook;
  readonly random: Random;
  readonly vignette: Vignette;
  readonly officer: string;
  /** Throws `GivenUp` when the load is over. */
  goOn(): void;
}

/** The answer to a command that was done; ends the matter otherwise. */
export async function done(matter: Matter, commanded: Commanded): Promise<Answer> {
  matter.goOn();
  const answer = await matter.caller.command(commanded);
  return answer && answer.status < 300 ? answer : gone();
}

export const gone = (): never => {
  throw new GivenUp();
};

/** A field that an answer must have. */
export function field(answer: Answer, name: string): string {
  const value = answer.body[name];
  if (typeof value !== 'string') throw new Error(`an answer with status ${answer.status} has no ${name}`);
  return value;
}
