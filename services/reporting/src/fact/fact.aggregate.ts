import type { Aggregate } from '@waymark/service-kit';
import { type CaseFactEvent, caseFactEvents } from './domain/case-fact.js';
import { type FactCommand, factDecider, type FactEvent, factEvents, type FactState } from './domain/fact.js';
import { type KeepFact, keepingFacts } from './domain/kept-facts.js';
import { type ReferralFactEvent, referralFactEvents } from './domain/referral-fact.js';
import { type ResponseFactEvent, responseFactEvents } from './domain/response-fact.js';

export const factAggregate: Aggregate<FactState, FactCommand, FactEvent> = {
  category: 'fact',
  events: factEvents,
  decider: factDecider,
  subjects: () => ({}),
};

type KeptFacts<Fact extends ResponseFactEvent | ReferralFactEvent | CaseFactEvent> = Aggregate<
  null,
  KeepFact<Fact>,
  Fact
>;

export const responseFacts: KeptFacts<ResponseFactEvent> = {
  category: 'response_fact',
  events: responseFactEvents,
  decider: keepingFacts(),
  subjects: () => ({}),
};

export const referralFacts: KeptFacts<ReferralFactEvent> = {
  category: 'referral_fact',
  events: referralFactEvents,
  decider: keepingFacts(),
  subjects: () => ({}),
};

export const caseFacts: KeptFacts<CaseFactEvent> = {
  category: 'case_fact',
  events: caseFactEvents,
  decider: keepingFacts(),
  subjects: () => ({}),
};
