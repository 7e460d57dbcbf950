import type { Fact } from './fact.js';
import { textIn, textsIn } from './fields.js';
import type { Scope } from './scope.js';

/** What a client has refused or withdrawn and not consented to since. */
export type NosThen = readonly Scope[];

export function evolveNos(nos: NosThen, { type, data }: Fact): NosThen {
  const said: Scope = {
    ...{ recipient: textIn(data, 'recipient'), purpose: textIn(data, 'purpose') },
    categories: textsIn(data, 'categories'),
  };
  if (type === 'ConsentRefused' || type === 'ConsentWithdrawn') return [...nos, said];
  if (type !== 'ConsentGiven') return nos;
  return nos.map((no) =>
    isAbout(no, said)
      ? { ...no, categories: no.categories.filter((category) => !said.categories.includes(category)) }
      : no,
  );
}

/** Whether one of them is about any of this. */
export const standsAgainst = (nos: NosThen, asked: Scope): boolean =>
  nos.some((no) => isAbout(no, asked) && no.categories.some((category) => asked.categories.includes(category)));

const isAbout = (one: Scope, other: Scope): boolean =>
  one.recipient === other.recipient && one.purpose === other.purpose;
