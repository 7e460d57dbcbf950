import { randomUUID } from 'node:crypto';
import type { Answer, Stage } from '@waymark/stage';
import type { Line, Outcome } from './table.fixture.js';
import { draft, grant, people, type World } from './world.fixture.js';

export interface Request {
  readonly service: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  /** What the asker says that it is for. */
  readonly purpose?: string;
  /** For what is found in an answer, or is not. */
  readonly shows?: string;
}

type Name = Pick<Line, 'thing' | 'consent'>;

/** How each action of the oracle is asked for over HTTP. */
export function requestsOf(
  stage: Stage,
  { recordedAt, cases, clients, grantId, concerns, referrals, notes, receipt }: World,
) {
  const get = (service: string, path: string, shows?: string): Request => ({
    ...{ service, method: 'GET', path },
    ...(shows === undefined ? {} : { shows }),
  });
  const post = (service: string, path: string, body: object = {}): Request => ({ service, method: 'POST', path, body });
  const staff = (column: keyof typeof people) => stage.idOf(people[column]);
  const concern = ({ thing }: Name, path: string, body?: object) =>
    post('intake', `/v1/concerns/${concerns[thing]}${path}`, body);
  const caseOf = ({ thing }: Name) => `/v1/cases/${cases[thing]}`;
  const aCase = (path: string, body: object) => (name: Name) => post('case', `${caseOf(name)}${path}`, body);
  const ofClient = ({ thing }: Name) => `/v1/clients/${clients[thing]}`;
  const client = (path: string, body: object) => (name: Name) => post('consent', `${ofClient(name)}${path}`, body);
  const referral = (name: Name, path: string, body?: object) => post('referral', `${address(name)}${path}`, body);
  const address = ({ thing, consent }: Name) => `/v1/referrals/${referrals[`${thing}/${consent}`]}`;
  const now = stage.clock.now();
  const glass = { purpose: 'vital_interest', reason: 'She cannot be found.', hours: 1 };
  const notesOf = (name: Name) => `${caseOf(name)}/notes`;
  const risk = { instrument: 'desk-risk', instrumentVersion: '1.0', levels: { safety: 'low' }, overall: 'low' };
  const triage = { priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true };
  const asked = { ...grant(stage), form: undefined, validUntil: undefined };
  const call = {
    ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'witness', matter: ['harassment'] },
    ...{ language: 'en', immediateDanger: false, narrative: 'By day.' },
  };
  const override = {
    ...{ recipient: 'field_security', purpose: 'security', categories: ['risk'], legalBasis: 'vital_interest' },
    ...{ justification: 'Unconscious.', validUntil: new Date(Date.parse(now) + 86_400_000).toISOString() },
  };
  const disclosures: Readonly<Record<string, object>> = {
    in_force: { purpose: 'referral' },
    withdrawn: { purpose: 'legal_advice' },
    'of another purpose': { purpose: 'mediation' },
    'to another unit': { purpose: 'referral', recipient: 'legal' },
    'of fewer categories': { purpose: 'referral', categories: ['contact', 'narrative'] },
    none: { purpose: 'security', recipient: 'field_security' },
  };
  const requests: Readonly<Record<string, (name: Name) => Request>> = {
    ReadConcern: ({ thing }) => get('intake', `/v1/concerns/${concerns[thing]}`),
    FindSameContact: ({ thing }) => get('intake', `/v1/concerns/${concerns[thing]}/same-contact`),
    AllocateConcern: (name) => concern(name, '/allocation'),
    'AllocateConcern to another': (name) => concern(name, '/allocation', { officerId: stage.idOf('meilin.officer') }),
    'AllocateConcern to the person shut out': (name) => concern(name, '/allocation', { officerId: staff('officer') }),
    'AllocateConcern to the recused': (name) => concern(name, '/allocation', { officerId: staff('officer_on_team') }),
    TriageConcern: (name) => concern(name, '/triage', triage),
    SendOfficerMessage: (name) => concern(name, '/messages', { text: 'We are here.' }),
    GiveGuidance: (name) => concern(name, '/guidance', { avenues: ['no_action_now'], decision: 'not_now' }),
    AcceptConcern: (name) => concern(name, '/acceptance'),
    LinkConcernToClient: (name) => concern(name, '/client-link', { earlierConcernId: concerns[name.thing] }),
    ReadEmergencyAccessToConcern: ({ thing }) =>
      get('intake', `/v1/concerns/${concerns[thing]}/emergency-accesses/${grantId}`),
    RequestReporterErasure: (name) => concern(name, '/reporter-erasure-requests', { way: 'oral' }),
    RecordFirstResponse: (name) => concern(name, '/first-response', { response: { at: now, precision: 'minute' } }),
    IssueClientReceipt: (name) => concern(name, '/client-receipt'),
    ReplaceReceipt: (name) => concern(name, '/receipt-replacements', { scope: 'client', reason: 'lost' }),
    ListConcerns: () => get('intake', '/v1/concerns'),
    'ListConcerns finds': ({ thing }) => get('intake', '/v1/concerns?waitingFor=any&limit=100', concerns[thing]),
    RegisterContact: () =>
      post('intake', '/v1/contacts', { ...call, channel: 'helpline', contact: { at: now, precision: 'minute' } }),
    SubmitConcern: () => post('intake', '/v1/concerns', call),
    OpenReceiptSession: () => post('intake', '/v1/receipt-sessions', { receipt }),
    EndReceiptSession: () => post('intake', '/v1/receipt-sessions/ending'),
    ReadReceiptKeys: () => get('intake', '/v1/receipt-keys'),
    ListDutyStations: () => get('intake', '/v1/duty-stations?name=Geneva'),
    ReadMyConcern: () => get('intake', '/v1/my-concern'),
    SendReporterMessage: () => post('intake', '/v1/my-concern/messages', { text: 'Is anybody there?' }),
    RequestErasureAsReporter: () => post('intake', '/v1/my-concern/erasure-requests'),
    ReadCase: (name) => get('case', caseOf(name)),
    ListCases: () => get('case', '/v1/cases'),
    'ListCases finds': ({ thing }) => get('case', '/v1/cases?limit=100', cases[thing]),
    ListNotes: (name) => get('case', notesOf(name)),
    ...Object.fromEntries(
      Object.entries(notes).map(([kind, text]) => [
        `ListNotes shows ${kind}`,
        (name: Name) => get('case', notesOf(name), text),
      ]),
    ),
    WriteNote: aCase('/notes', { noteClass: 'administrative', text: 'A call.' }),
    AssessRisk: aCase('/risk-assessments', risk),
    MoveStage: aCase('/stage', { stage: 'assessment' }),
    AssignOfficer: aCase('/officer', { officerId: staff('officer_whose_it_is') }),
    AddTeamMember: aCase('/team-members', { staffId: staff('officer_on_team') }),
    RemoveTeamMember: aCase(`/team-members/${staff('officer_whose_it_is')}/removal`, {}),
    'AddTeamMember of the recused': aCase('/team-members', { staffId: staff('clinician_on_team') }),
    'AssignOfficer of the recused': aCase('/officer', { officerId: staff('officer_on_team') }),
    RecuseOfficer: aCase('/recusal', { reason: 'We share an office.' }),
    CloseCase: aCase('/closure', { closureReason: 'needs_met' }),
    ReopenCase: aCase('/reopening', { reason: 'They came back.' }),
    BreakGlass: aCase('/emergency-accesses', glass),
    ListEmergencyAccesses: () => get('case', '/v1/emergency-accesses'),
    'ListEmergencyAccesses finds': ({ thing }) => get('case', '/v1/emergency-accesses?limit=100', cases[thing]),
    ReadEmergencyAccess: (name) => get('case', `${caseOf(name)}/emergency-accesses/${grantId}`),
    ReviewEmergencyAccess: (name) =>
      aCase(`/emergency-accesses/${randomUUID()}/review`, { outcome: 'justified', findings: 'She was found.' })(name),
    HearOfTeam: () =>
      post('referral', `/v1/case-teams/${randomUUID()}`, {
        ...{ clientId: randomUUID(), team: [], changedAt: now, revision: 1_000 },
      }),
    DraftReferral: ({ thing }) => post('referral', '/v1/referrals', draft(cases[thing] ?? '', 'security')),
    'DraftReferral to a unit shut out': ({ thing }) =>
      post('referral', '/v1/referrals', { ...draft(cases[thing] ?? '', 'security'), unit: 'legal' }),
    GetCaseState: (name) => get('audit', `${caseOf(name)}/state?at=${encodeURIComponent(now)}`),
    GetCaseTimeline: (name) => get('audit', `${caseOf(name)}/timeline`),
    GetCaseAccesses: (name) => get('audit', `${caseOf(name)}/accesses`),
    WhoCouldSee: (name) => get('audit', `${caseOf(name)}/who-could-see?at=${encodeURIComponent(recordedAt)}`),
    CheckCase: (name) => get('audit', `${caseOf(name)}/checks`),
    GetClientTimeline: (name) => get('audit', `${ofClient(name)}/timeline`),
    ListConsents: (name) => get('consent', `${ofClient(name)}/consents`),
    GiveConsent: client('/consents', grant(stage)),
    RefuseConsent: client('/consent-refusals', asked),
    WithdrawConsent: client(`/consents/${randomUUID()}/withdrawal`, { way: 'oral' }),
    ReadDecision: (name) =>
      get('consent', `${ofClient(name)}/decision?recipient=ombudsman&purpose=referral&categories=contact`),
    AuthorizeDisclosure: (name) =>
      client('/disclosures', {
        ...{ recipient: 'ombudsman', categories: ['contact'], reference: randomUUID(), act: 'send' },
        onBehalfOf: staff('officer_whose_it_is'),
        ...disclosures[name.consent],
      })(name),
    ListStandingConsents: () => post('consent', '/v1/standing-consents', { consentIds: [randomUUID()] }),
    RequestOverride: client('/overrides', override),
    ListOverrides: (name) => get('consent', `${ofClient(name)}/overrides`),
    ApproveOverride: client(`/overrides/${randomUUID()}/approval`, {}),
    DeclineOverride: client(`/overrides/${randomUUID()}/decline`, { reason: 'basis_not_met' }),
    RevokeOverride: client(`/overrides/${randomUUID()}/revocation`, { reason: 'no_longer_needed' }),
    DelayInformingOfOverride: client(`/overrides/${randomUUID()}/informing-delay`, {
      reason: 'Not safe yet.',
      informBy: now,
    }),
    InformClientOfOverride: client(`/overrides/${randomUUID()}/client-information`, { way: 'in_person' }),
    PlaceLegalHold: client('/legal-holds', { basis: 'investigation' }),
    ListApprovals: () => get('consent', '/v1/approvals'),
    'ListApprovals finds': ({ thing }) => get('consent', '/v1/approvals?limit=100', clients[thing]),
    RequestErasure: client('/erasure-requests', { way: 'oral' }),
    WithdrawErasureRequest: client('/erasure-request-withdrawal', { way: 'oral' }),
    ReadErasure: (name) => get('consent', `${ofClient(name)}/erasure`),
    // The hold keeps it from happening: the client is still needed.
    ApproveErasure: client('/erasure-approval', {}),
    DeclineErasure: client('/erasure-decline', { reason: 'still_in_touch' }),
    LiftLegalHold: client(`/legal-holds/${randomUUID()}/lifting`, {}),
    RequestMyErasure: () => post('consent', '/v1/my-erasure'),
    WithdrawMyErasureRequest: () => post('consent', '/v1/my-erasure/withdrawal'),
    ReadMyErasure: () => get('consent', '/v1/my-erasure'),
    ListMyConsents: () => get('consent', '/v1/my-consents'),
    ReadMyLedger: () => get('consent', '/v1/my-ledger'),
    WithdrawMyConsent: () => post('consent', `/v1/my-consents/${randomUUID()}/withdrawal`),
    ListReferrals: () => get('referral', '/v1/referrals'),
    'ListReferrals finds': (name) => get('referral', '/v1/referrals?limit=100', address(name).split('/').at(-1)),
    ReadReferral: (name) => get('referral', address(name)),
    SendReferral: (name) => referral(name, '/sending'),
    OpenPackage: (name) => referral(name, '/openings'),
    AcknowledgeReferral: (name) => referral(name, '/acknowledgement'),
    AcceptReferral: (name) => referral(name, '/acceptance'),
    DeclineReferral: (name) => referral(name, '/decline', { reason: 'no_capacity' }),
    AcknowledgeSuspension: (name) => referral(name, '/suspension-acknowledgement'),
    BeginService: (name) => referral(name, '/service-start'),
    CompleteReferral: (name) => referral(name, '/completion', { outcome: 'service_provided' }),
    CorrectOutcome: (name) => referral(name, '/outcome-correction', { outcome: 'not_provided' }),
    RecordNonAttendance: (name) => referral(name, '/non-attendance'),
    RevokeReferral: (name) => referral(name, '/revocation'),
    RecordClientDecline: (name) => referral(name, '/client-decline'),
    ListAccesses: () => get('audit', '/v1/accesses'),
    'ListAccesses finds': ({ thing }) =>
      get('audit', `/v1/accesses?limit=500&person=${staff('officer_whose_it_is')}`, `case-${cases[thing]}`),
    ListReadingAlarms: () => get('audit', '/v1/reading-alarms'),
    ReviewReadingAlarm: () => post('audit', `/v1/reading-alarms/${randomUUID()}/review`, { finding: 'legitimate' }),
    RevokeAccess: () => post('intake', '/v1/access-revocations', { personId: 'nobody-here', reason: 'left' }),
    ReadRevocations: () => get('intake', '/v1/access-revocations'),
    ReadReports: () => get('reporting', '/v1/reports/typology-geography?period=2021-Q1&typology=matter'),
    CheckHealth: () => get('intake', '/health/live'),
    ReadMetrics: () => get('intake', '/metrics'),
  };
  const stated = readings.flatMap((action) =>
    purposesTried.map((purpose) => [
      `${action} for ${purpose}`,
      (name: Name): Request | undefined => {
        const request = requests[action]?.(name);
        return request && { ...request, purpose };
      },
    ]),
  );
  return { ...requests, ...(Object.fromEntries(stated) as Readonly<Record<string, (name: Name) => Request>>) };
}

/** What tells of a person, read with a purpose that is stated. */
const readings = [
  'ReadCase',
  'ListNotes',
  'ReadConcern',
  'FindSameContact',
  'ListConsents',
  'ReadDecision',
  'ListOverrides',
  'ReadErasure',
  'ReadReferral',
  'OpenPackage',
];
const purposesTried = ['statistics', 'referral', 'investigation', 'accompaniment', 'supervision', 'follow_up'];

/** Refusals that say: not you, or not without the client. All other rules of the domain are asked only after access was given. */
const refusals = [
  'caller_not_on_team',
  'access_not_needed',
  'concern_not_allocated_to_you',
  'officer_excluded',
  'only_supervisors_allocate',
  'officer_recused',
  'recipient_shut_out',
  'consent_missing',
  'referral_suspended',
];

/** What an answer comes to, in the words of the oracle. */
export function outcomeOf({ shows }: Request, { status, body }: Answer): Outcome {
  const code = String(body.code);
  if (status === 401 || status === 403 || (status === 409 && refusals.includes(code))) return 'deny';
  if (status === 404 && code === 'not_found') return 'hidden';
  if (status >= 500 || status === 429 || code === 'invalid_input') throw new Error(`${status} ${JSON.stringify(body)}`);
  return shows === undefined || JSON.stringify(body).includes(shows) ? 'allow' : 'hidden';
}
