import { num } from 'envalid';
import type { WindowOptions } from '@waymark/messaging';

/** How facts are kept from being joined to what they are about by time or order (docs/adr/0031-facts-go-late-together-and-shuffled.md). */
export const factVariables = {
  FACTS_DELAY_SECONDS: num({ default: 86_400, desc: 'how long a de-identified fact waits at least' }),
  FACTS_CROWD: num({ default: 10, desc: 'how many of its kind have to go together' }),
  FACTS_LATEST_SECONDS: num({ default: 604_800, desc: 'after which time a fact goes also without a crowd' }),
};

type FactSettings = { readonly [Variable in keyof typeof factVariables]: number };

export const factWindow = (settings: FactSettings): WindowOptions => ({
  delayMs: settings.FACTS_DELAY_SECONDS * 1_000,
  crowd: settings.FACTS_CROWD,
  latestMs: settings.FACTS_LATEST_SECONDS * 1_000,
});

/** Facts go within a second, one by one: for demonstrations and tests, where nobody is to be protected. */
export const factsAtOnce = { FACTS_DELAY_SECONDS: '0', FACTS_CROWD: '1', FACTS_LATEST_SECONDS: '0' } as const;
