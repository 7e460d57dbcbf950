import { num } from 'envalid';
import { type MessageContract, withoutSealed } from '@waymark/contracts';
import type { Hidden, Payload, WindowOptions } from '@waymark/messaging';

/** How facts are kept from being joined to what they are about (docs/adr/0031-facts-go-late-together-and-shuffled.md, ADR 40). */
export const factVariables = {
  FACTS_DELAY_SECONDS: num({ default: 86_400, desc: 'how long a de-identified fact waits at least' }),
  FACTS_CROWD: num({ default: 10, desc: 'how many of its kind, and of its look in the log, have to go together' }),
  FACTS_LATEST_SECONDS: num({ default: 604_800, desc: 'after which time a fact goes also without a crowd' }),
  FACTS_HIDDEN_SECONDS: num({
    default: 7_776_000,
    desc: 'after which time a fact of which the log seals something goes without that',
  }),
};

type FactSettings = { readonly [Variable in keyof typeof factVariables]: number };

export const factWindow = (settings: FactSettings, published: readonly MessageContract[]): WindowOptions => ({
  delayMs: settings.FACTS_DELAY_SECONDS * 1_000,
  crowd: settings.FACTS_CROWD,
  latestMs: settings.FACTS_LATEST_SECONDS * 1_000,
  hiding: { of: hiddenBy(published), longestMs: settings.FACTS_HIDDEN_SECONDS * 1_000 },
});

/** A fact hides among those of which the log tells the same in the clear; one that says nothing else has nothing to hide. */
const hiddenBy =
  (published: readonly MessageContract[]) =>
  ({ type, data, withdrawn }: Payload): Hidden | undefined => {
    const contract = published.find((each) => each.type === type);
    if (withdrawn || !contract?.fact || contract.fact.sealed.length === 0) return undefined;
    const told = new Map<string, unknown>(Object.entries(data));
    const among = JSON.stringify(contract.fact.plain.map((name) => told.get(name) ?? null));
    return { among, bare: withoutSealed(contract, data) };
  };

/** Facts go within a second, one by one: for demonstrations and tests, where nobody is to be protected. */
export const factsAtOnce = { FACTS_DELAY_SECONDS: '0', FACTS_CROWD: '1', FACTS_LATEST_SECONDS: '0' } as const;
