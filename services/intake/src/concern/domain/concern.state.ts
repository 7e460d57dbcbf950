import type {
  ConcernStatus,
  GuidanceDecision,
  LinkOutcome,
  PersonOfConcern,
  Priority,
  TimePrecision,
} from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { Account, KnownTime } from './account.js';
import type { ConcernEvent, EmergencyGrant, EscalationLevel, ResponseClock, TeamOfConcern } from './concern.events.js';
import { allMarks } from './marks.js';
import type { ReceiptScope } from './receipt-codes.js';

export interface MailboxMessage {
  readonly messageId: string;
  readonly from: 'reporter' | 'officer';
  readonly text: string;
}

type Submitted = Extract<ConcernEvent, { type: 'ConcernSubmitted' }>['data'];

export interface ClientLink {
  readonly linkId: string;
  readonly earlierClientId: string;
  readonly earlierConcernId: string;
  readonly outcome?: LinkOutcome;
}

export interface EmergencyAccess extends EmergencyGrant {
  /** Reviewed: over before its hour. */
  readonly ended: boolean;
}

export interface NoConcern {
  readonly status: 'none';
}

export interface IssuedReceipt {
  readonly scope: ReceiptScope;
  readonly receiptHash: string;
  /** It opens nothing any more. */
  readonly withdrawn: boolean;
}

export interface Concern {
  readonly status: ConcernStatus;
  readonly concernId: string;
  readonly clientId: string;
  readonly reporterId: string;
  readonly account: Account;
  /** Mark of the desk that it belongs to; absent where there was no alternate desk. */
  readonly desk?: string;
  readonly submitted: Omit<
    Submitted,
    keyof Account | 'concernId' | 'clientId' | 'reporterId' | 'clock' | 'desk' | 'shutOut'
  >;
  readonly clock?: ResponseClock;
  readonly warned: boolean;
  readonly overdue: boolean;
  readonly escalatedTo: readonly EscalationLevel[];
  /** Who has taken it. Nobody once they have recused or left the team of its case, until another takes it. */
  readonly officerId?: string;
  /** Of the case that came of it, once the concern has heard of that: it handles the concern then. */
  readonly team?: TeamOfConcern;
  /** For whom it no longer exists. */
  readonly recused: readonly string[];
  /** Those of its case, in force or not. */
  readonly emergencyAccesses: readonly EmergencyAccess[];
  readonly firstResponse?: KnownTime;
  readonly messages: readonly MailboxMessage[];
  readonly priority?: Priority;
  readonly guided: boolean;
  /** What the person decided, as it was recorded last. */
  readonly decision?: GuidanceDecision;
  /** In the order in which they were issued. */
  readonly receipts: readonly IssuedReceipt[];
  /** The reporter is the affected person: their receipt has become a client receipt. */
  readonly receiptUpgraded: boolean;
  /** To whom it was linked; without an outcome as long as consent has not answered. */
  readonly link?: ClientLink;
  /** The client for whom it was accepted. */
  readonly acceptedFor?: string;
  /** Marks of whom it and its case shut out, of all events that have any. */
  readonly shutOut?: readonly string[];
  /** Asked for here: of whoever reported, while they had no client's receipt. */
  readonly reporterErasureRequested: boolean;
  /** Whom consent was told of, as kept for long enough, since when nothing has happened. */
  readonly retentionEnded?: readonly PersonOfConcern[];
  /** Whose texts are gone. */
  readonly erased: readonly PersonOfConcern[];
}

export type ConcernState = NoConcern | Concern;

export const noConcern: ConcernState = { status: 'none' };

/** The client for whom a case is opened: the one who came before, once that is settled. */
export const clientOf = ({ clientId, link }: Concern): string =>
  link?.outcome === 'linked' ? link.earlierClientId : clientId;

const hour = 3_600_000;

/** The 24 hours; with immediate danger or a medical urgency one hour. A contact known to the month only has no clock. */
export function responseClock(contact: KnownTime, urgent: boolean): ResponseClock | undefined {
  if (!hasClock(contact.precision)) return undefined;
  const target = urgent ? hour : 24 * hour;
  const warning = urgent ? hour / 4 : 4 * hour;
  const start = Date.parse(contact.at);
  const at = (milliseconds: number): Instant => new Date(start + milliseconds).toISOString();
  return { warnAt: at(target - warning), dueAt: at(target), escalateToHeadAt: at(target + warning) };
}

const hasClock = (precision: TimePrecision): boolean => precision === 'minute' || precision === 'day';

const withdrawing =
  (receiptHash: string) =>
  (receipt: IssuedReceipt): IssuedReceipt =>
    receipt.receiptHash === receiptHash ? { ...receipt, withdrawn: true } : receipt;

export function evolve(state: ConcernState, event: ConcernEvent): ConcernState {
  if (event.type === 'ConcernSubmitted') return submitted(event.data);
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'ReceiptIssued':
      return { ...state, receipts: [...state.receipts, { ...event.data, withdrawn: false }] };
    case 'ReceiptWithdrawn':
      return { ...state, receipts: state.receipts.map(withdrawing(event.data.receiptHash)) };
    case 'ReceiptUpgraded':
      return { ...state, receiptUpgraded: true };
    case 'FirstResponseDue':
      return { ...state, warned: true };
    case 'FirstResponseOverdue':
      return { ...state, overdue: true };
    case 'ConcernEscalated':
      return { ...state, escalatedTo: [...state.escalatedTo, event.data.to] };
    case 'ConcernAllocated':
      return { ...state, officerId: event.data.officerId };
    case 'FirstResponseGiven':
      return {
        ...state,
        firstResponse: event.data.response,
        status: state.status === 'submitted' ? 'acknowledged' : state.status,
      };
    case 'ReporterMessageReceived':
      return { ...state, messages: [...state.messages, { ...event.data, from: 'reporter' }] };
    case 'OfficerMessageSent':
      return { ...state, messages: [...state.messages, { ...event.data, from: 'officer' }] };
    case 'ConcernTriaged':
      return { ...state, priority: event.data.priority, status: 'triaged' };
    case 'GuidanceGiven':
      return { ...state, guided: true, decision: event.data.decision };
    case 'ConcernAccepted':
      return { ...withMarks(state, event.data), status: 'accepted', acceptedFor: event.data.clientId };
    case 'ConcernLinkedToClient': {
      const { linkId, earlierClientId, earlierConcernId } = event.data;
      return { ...state, link: { linkId, earlierClientId, earlierConcernId } };
    }
    case 'ClientLinkSettled':
      return state.link ? { ...state, link: { ...state.link, outcome: event.data.outcome } } : state;
    case 'CaseRequested':
    case 'ClientLinkRequested':
      return state;
    case 'OfficerRecusedFromConcern':
      return withoutOfficer(
        { ...state, recused: [...state.recused, event.data.staffId] },
        (id) => id === event.data.staffId,
      );
    case 'TeamOfConcernChanged':
      return withoutOfficer({ ...state, team: event.data }, (id) => !event.data.team.includes(id));
    case 'EmergencyAccessToConcernGranted':
      return { ...state, emergencyAccesses: [...state.emergencyAccesses, { ...event.data, ended: false }] };
    case 'EmergencyAccessToConcernEnded':
      return {
        ...state,
        emergencyAccesses: state.emergencyAccesses.map((access) =>
          access.grantId === event.data.grantId ? { ...access, ended: true } : access,
        ),
      };
    case 'ReporterErasureRequested':
      return { ...shuttingOutFor(withMarks(state, event.data), event.data), reporterErasureRequested: true };
    case 'RetentionEnded':
      return { ...shuttingOutFor(withMarks(state, event.data), event.data), retentionEnded: event.data.of };
    case 'RetentionResumed': {
      const { retentionEnded: _noMore, ...resumed } = state;
      return resumed;
    }
    case 'PersonErased':
      return { ...state, erased: [...state.erased, ...event.data.persons] };
  }
}

/** Whom the reporter shut out, as it is told again for the client. */
function shuttingOutFor(
  state: Concern,
  { exclusions = state.account.exclusions }: Pick<Account, 'exclusions'>,
): Concern {
  return { ...state, account: { ...state.account, ...(exclusions ? { exclusions } : {}) } };
}

/** None that was there once is lost: with what the reporter told gone, nobody could make them again. */
function withMarks(state: Concern, { shutOut = [] }: Pick<Concern, 'shutOut'>): Concern {
  const marks = allMarks(state.shutOut ?? [], shutOut);
  return marks.length === 0 ? state : { ...state, shutOut: marks };
}

/** Whoever had taken it has it no longer when they have left. */
function withoutOfficer(state: Concern, hasLeft: (staffId: string) => boolean): Concern {
  const { officerId, ...rest } = state;
  return officerId === undefined || hasLeft(officerId) ? rest : state;
}

function submitted(data: Submitted): Concern {
  const { concernId, clientId, reporterId, channel, kind, identity, immediateDanger, medicalUrgency, ...rest } = data;
  const { contact, clock, desk, shutOut, registeredBy, occurredAt, ...account } = rest;
  return {
    status: 'submitted',
    concernId,
    clientId,
    reporterId,
    account,
    ...(desk === undefined ? {} : { desk }),
    ...(shutOut ? { shutOut } : {}),
    submitted: {
      channel,
      kind,
      identity,
      immediateDanger,
      medicalUrgency,
      contact,
      occurredAt,
      ...(registeredBy ? { registeredBy } : {}),
    },
    ...(clock ? { clock } : {}),
    warned: false,
    overdue: false,
    escalatedTo: [],
    recused: [],
    emergencyAccesses: [],
    messages: [],
    guided: false,
    receipts: [],
    receiptUpgraded: false,
    reporterErasureRequested: false,
    erased: [],
  };
}
