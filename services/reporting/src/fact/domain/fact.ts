import { Type } from '@sinclair/typebox';
import { behaviours, channels, code, country, id, matters, month, subdivision } from '@waymark/contracts';
import { declareEvents, type Decider, earlierVersion, type EventOf, type ShapeOf } from '@waymark/event-sourcing';

/** A de-identified fact of one contact, under a pseudonym that reporting cannot join back. */
const contactFact = {
  factId: id,
  month,
  country: Type.Optional(country),
  subdivision: Type.Optional(subdivision),
  matters: Type.Array(code(matters)),
  behaviours: Type.Array(code(behaviours)),
};
export type ContactFact = ShapeOf<typeof contactFact>;

/** Nothing is sealed: reporting holds no key, and a fact names nobody. */
export const factEvents = declareEvents({
  FactReceived: {
    version: 2,
    data: contactFact,
    sealed: {},
    earlier: [
      earlierVersion({
        data: { ...contactFact, channel: code(channels) },
        sealed: {},
        upcast: ({ channel: _unused, ...fact }) => fact,
      }),
    ],
  },
});

export type FactEvent = EventOf<typeof factEvents>;
export type FactCommand = { readonly type: 'ReceiveFact'; readonly fact: ContactFact };
export type FactState = { readonly received: boolean };

/** Keeps each fact once. */
export const factDecider: Decider<FactState, FactCommand, FactEvent> = {
  initialState: { received: false },
  evolve: () => ({ received: true }),
  decide: (command, state) => (state.received ? [] : [{ type: 'FactReceived', data: command.fact }]),
};
