/** What each service may touch in the shared infrastructure: the one list from which databases, roles and grants are made. */
export interface ServiceGrants {
  readonly name: string;
  /** Event store categories it appends to and reads. */
  readonly categories: readonly string[];
  /** May read the whole log. */
  readonly readsAll?: boolean;
  /** Topics it publishes on, without `waymark.`; its own unless named. */
  readonly publishes?: readonly string[];
  /** Topics it consumes. */
  readonly consumes: readonly string[];
  /** Recognises whom a reporter shut out, by marks that intake makes: gets the secret of the marks. */
  readonly recognisesShutOut?: true;
  /** Lets people in by the teams of cases, and is told at once of a change. */
  readonly goesByTeams?: true;
  /** Concerns come to it: is told which unit the alternate desk is. */
  readonly hasDesks?: true;
}

export const services: readonly ServiceGrants[] = [
  {
    name: 'intake',
    categories: ['concern', 'intake_process', 'intake_access', 'intake_operations', 'intake_erasure'],
    publishes: ['intake', 'facts'],
    consumes: ['case', 'consent'],
    hasDesks: true,
    goesByTeams: true,
  },
  {
    name: 'case',
    categories: ['case', 'case_access', 'case_operations', 'case_erasure'],
    publishes: ['case', 'case-facts'],
    consumes: ['intake', 'consent', 'referral'],
    recognisesShutOut: true,
  },
  {
    name: 'consent',
    categories: ['consent', 'consent_process', 'consent_access', 'consent_operations', 'consent_erasure'],
    consumes: ['case', 'intake', 'referral', 'consent'],
    recognisesShutOut: true,
    goesByTeams: true,
  },
  {
    name: 'referral',
    categories: ['referral', 'referral_access', 'referral_operations', 'referral_erasure'],
    publishes: ['referral', 'referral-facts'],
    consumes: ['case', 'consent'],
    recognisesShutOut: true,
    goesByTeams: true,
  },
  {
    name: 'reporting',
    categories: [
      'fact',
      'response_fact',
      'referral_fact',
      'case_fact',
      'shown_tables',
      'reporting_access',
      'reporting_operations',
    ],
    consumes: ['facts', 'case-facts', 'referral-facts'],
  },
  {
    name: 'audit',
    categories: ['audit_access', 'audit_operations', 'reading_alarm'],
    readsAll: true,
    consumes: [],
    recognisesShutOut: true,
  },
  { name: 'engagement', categories: ['engagement_access'], consumes: [] },
];

/** What the case service is given as `TEAMS_TOLD_AT`: the addresses of those that run and go by the teams of cases. */
export const teamsToldAt = (
  urlOf: (service: string) => string,
  running: readonly string[] = services.map(({ name }) => name),
): string =>
  services
    .filter(({ name, goesByTeams }) => goesByTeams && running.includes(name))
    .map(({ name }) => urlOf(name))
    .join(',');
