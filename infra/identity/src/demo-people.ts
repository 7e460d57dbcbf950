import type { Role, Unit } from '@waymark/contracts';

/** An invented person with whom the platform can be tried out. Never a real one: the password is public. */
export interface DemoPerson {
  /** The token's subject. Says nothing about the person, because it stands in the log. */
  readonly id: string;
  readonly name: string;
  readonly username: string;
  readonly password: string;
  readonly roles: readonly Role[];
  readonly unit?: Unit;
  /** BCP 47, the preferred one first. */
  readonly languages: readonly string[];
}

export const DEMO_PASSWORD = 'waymark-demo';

type Row = readonly [
  number: string,
  name: string,
  username: string,
  roles: readonly Role[],
  unit: Unit | undefined,
  languages: readonly string[],
];

const rows: readonly Row[] = [
  ['01', 'Amina Haddad', 'amina.officer', ['officer'], 'support_desk', ['ar', 'fr', 'en']],
  ['02', 'Lucía Ferreyra', 'lucia.officer', ['officer'], 'support_desk', ['es', 'en']],
  ['03', 'Kwame Boateng', 'kwame.officer', ['officer'], 'support_desk', ['en', 'fr']],
  ['04', 'Mei-Lin Chua', 'meilin.officer', ['officer'], 'support_desk', ['en', 'zh']],
  ['05', 'Ingrid Solberg', 'ingrid.supervisor', ['supervisor'], 'support_desk', ['en', 'fr']],
  ['06', 'Tomás Quispe', 'tomas.supervisor', ['supervisor'], 'support_desk', ['es', 'en']],
  ['07', 'Nadia Rahmani', 'nadia.head', ['supervisor'], 'support_desk', ['en', 'ar', 'fr']],
  ['08', 'Olivier Mbarga', 'olivier.ombudsman', ['unit_focal_point'], 'ombudsman', ['fr', 'en']],
  ['09', 'Elena Petrova', 'elena.ethics', ['unit_focal_point'], 'ethics_office', ['ru', 'en']],
  ['10', 'Farhan Siddiqui', 'farhan.investigations', ['unit_focal_point'], 'investigations', ['en', 'ur']],
  ['11', 'Sofia Lindqvist', 'sofia.counsellor', ['unit_focal_point', 'clinician'], 'staff_counsellor', ['en', 'es']],
  ['12', 'Haruto Nakagawa', 'haruto.medical', ['unit_focal_point'], 'medical', ['en', 'ja']],
  ['13', 'Grace Wanjiru', 'grace.security', ['unit_focal_point'], 'field_security', ['en', 'sw']],
  ['14', 'Paolo Ricciardi', 'paolo.hr', ['unit_focal_point'], 'human_resources', ['en', 'it']],
  ['15', 'Thandiwe Dube', 'thandiwe.legal', ['unit_focal_point'], 'legal', ['en', 'fr']],
  ['16', 'Rashid Karimov', 'rashid.conduct', ['unit_focal_point'], 'workplace_conduct', ['ru', 'en']],
  ['17', 'Leila Nasser', 'leila.pseah', ['unit_focal_point'], 'pseah_coordination', ['ar', 'en']],
  ['18', 'Marek Zieliński', 'marek.clinician', ['clinician'], 'medical', ['en', 'fr']],
  ['19', 'Priya Raghavan', 'priya.analyst', ['analyst'], undefined, ['en']],
  ['20', 'Jonas Achterberg', 'jonas.auditor', ['auditor'], undefined, ['en', 'fr']],
  ['21', 'Isabel Tavares', 'isabel.programme', ['programme_lead'], undefined, ['en', 'es', 'pt']],
  ['22', 'Samoa Tuilagi', 'samoa.administrator', ['administrator'], undefined, ['en']],
  // The alternate desk.
  ['23', 'Beatriz Nogueira', 'beatriz.officer', ['officer'], 'ethics_office', ['pt', 'en']],
  ['24', 'Samuel Adeyemi', 'samuel.supervisor', ['supervisor'], 'ethics_office', ['en', 'fr']],
  // An auditor who may be shut out leaves another.
  ['25', 'Hana Novotná', 'hana.auditor', ['auditor'], 'legal', ['cs', 'en']],
];

/** People of every role and of every unit. */
export const demoPeople: readonly DemoPerson[] = rows.map(([number, name, username, roles, unit, languages]) => ({
  id: `0197d000-0000-7000-8000-0000000000${number}`,
  name,
  username,
  password: DEMO_PASSWORD,
  roles,
  ...(unit === undefined ? {} : { unit }),
  languages,
}));
