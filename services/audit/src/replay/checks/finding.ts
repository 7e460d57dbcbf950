import type { Fact } from '../fact.js';

export const faults = [
  'consent_unknown',
  'consent_withdrawn',
  'consent_expired',
  'consent_does_not_cover',
  'override_unknown',
  'override_not_approved',
  'override_cited_wrongly',
  'override_ended_by_client',
  'override_revoked',
  'override_expired',
  'override_does_not_cover',
  'approved_by_requester',
  'approved_against_a_no',
  'disclosure_not_cited',
  'disclosure_unknown',
  'disclosure_does_not_cover',
  'disclosure_cited_twice',
  'repeated',
  'ground_missing',
  'version_unknown',
  'chain_broken',
] as const;
export type Fault = (typeof faults)[number];

/** An event that breaks a rule. */
export interface Finding {
  readonly position?: string;
  readonly stream: string;
  readonly revision: number;
  readonly eventId?: string;
  readonly fault: Fault;
}

export interface Examined {
  /** How many events, or streams, the rule speaks about. */
  readonly examined: number;
  readonly findings: readonly Finding[];
}

export const findingAt = ({ position, stream, revision, id }: Fact, fault: Fault): Finding => ({
  position: String(position),
  stream,
  revision,
  eventId: id,
  fault,
});

/** Looks at each of these events with a rule that answers what is wrong with it. */
export function examine(facts: readonly Fact[], faultOf: (fact: Fact) => Fault | undefined): Examined {
  const findings = facts.flatMap((fact) => {
    const fault = faultOf(fact);
    return fault ? [findingAt(fact, fault)] : [];
  });
  return { examined: facts.length, findings };
}

/** Every event of these that says something which an earlier one has said already. */
export function repetitions(facts: readonly Fact[], saying: (fact: Fact) => string): Examined {
  const said = new Set<string>();
  return examine(facts, (fact) => {
    const what = saying(fact);
    if (said.has(what)) return 'repeated';
    said.add(what);
    return undefined;
  });
}
