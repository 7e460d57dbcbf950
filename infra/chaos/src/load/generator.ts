import { setTimeout as pause } from 'node:timers/promises';
import { readHelplineContacts, readVignettes } from '@waymark/demo';
import { randomFrom } from '@waymark/testing';
import type { AccountBook } from './account-book.js';
import { Caller, type Addresses } from './caller.js';
import { playMatter } from './matter.js';
import { GivenUp } from './steps.js';

export interface LoadOptions {
  readonly seed: number;
  readonly addresses: Addresses;
  readonly book: AccountBook;
  /** How many matters and contacts arrive in a second, whether or not those before have come to an end. */
  readonly perSecond: number;
  readonly patienceMs: number;
}

export interface Load {
  /**
   * Lets nothing new begin, plays what has begun to its end for at most so long, and resolves when every command under way is
   * answered or given up.
   */
  stop(playOnMs: number): Promise<void>;
}

const officers = ['amina.officer', 'lucia.officer', 'kwame.officer', 'meilin.officer'] as const;

/** An open loop: people do not wait with their need until the platform has time. */
export async function startLoad({ seed, addresses, book, perSecond, patienceMs }: LoadOptions): Promise<Load> {
  const [vignettes, contacts] = await Promise.all([readVignettes(), readHelplineContacts()]);
  const underWay: Promise<void>[] = [];
  let [full, over] = [false, false];
  const goOn = (): void => {
    if (over) throw new GivenUp();
  };
  const begin = async (number: number): Promise<void> => {
    const random = randomFrom(seed + 7_919 * number);
    // What is decided must not depend on how often something has to be asked again.
    const caller = new Caller(addresses, book, randomFrom(~(seed + 7_919 * number)), patienceMs);
    const officer = random.oneOf(officers);
    const vignette = vignettes[random.upTo(vignettes.length)];
    const contact = contacts[random.upTo(contacts.length)];
    book.mattersBegun += 1;
    if (contact && random.chance(0.3))
      await caller.command({
        ...{ what: 'register contact', service: 'intake', path: '/v1/contacts', as: officer, body: contact.body },
        ...{ category: 'concern', expects: ['ConcernSubmitted', 'FirstResponseGiven'] },
      });
    else if (vignette) await playMatter({ caller, book, random, vignette, officer, goOn });
    book.mattersEnded += 1;
  };
  const arrive = async (): Promise<void> => {
    const begun = Date.now();
    for (let number = 0; !full; number += 1) {
      underWay.push(
        begin(number).catch((error: unknown) => {
          if (!(error instanceof GivenUp)) book.scriptFaults.push(String(error));
        }),
      );
      await pause(Math.max(0, begun + ((number + 1) * 1_000) / perSecond - Date.now()));
    }
  };
  const arriving = arrive();
  return {
    stop: async (playOnMs) => {
      full = true;
      await arriving;
      const impatience = setTimeout(() => (over = true), playOnMs);
      await Promise.all(underWay);
      clearTimeout(impatience);
    },
  };
}
