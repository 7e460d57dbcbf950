import { type Decider, type DecisionContext, isBefore, plusMilliseconds } from '@waymark/event-sourcing';
import type { CommandOf, ConcernCommand, Contact } from './concern.commands.js';
import type { KnownTime } from './account.js';
import type { ConcernEvent } from './concern.events.js';
import { allocate, recordRecusal, recordTeam } from './allocation.decider.js';
import { accept, requestCase, upgradeReceipt } from './acceptance.decider.js';
import { link, requestLink, settleLink } from './client-link.decider.js';
import { endEmergencyAccess, recordEmergencyAccess } from './emergency-access.js';
import { handledBy } from './handled-by.js';
import { issueClientReceipt, replaceReceipt } from './receipts.decider.js';
import { reject } from './concern.rejections.js';
import { endRetention, erase, requestReporterErasure, resumeRetention } from './erasure.decider.js';
import { type Concern, type ConcernState, evolve, noConcern, responseClock } from './concern.state.js';
import { canBeWrittenTo } from './whose-receipt.js';

/** Clocks of two machines differ: a moment up to five minutes ahead counts as now. */
const clockSkew = 5 * 60_000;
/** How far the easternmost time zone is ahead of UTC. */
const firstOnEarth = 14 * 3_600_000;

export const concernDecider: Decider<ConcernState, ConcernCommand, ConcernEvent> = {
  initialState: noConcern,
  evolve,
  decide(command, state, context) {
    if (command.type === 'SubmitConcern') return submit(command, state, context);
    if (command.type === 'RegisterContact') return register(command, state, context);
    return decideExisting(command, state.status === 'none' ? reject('concern_not_found') : state, context);
  },
};

type ExistingCommand = Exclude<ConcernCommand, { type: 'SubmitConcern' | 'RegisterContact' }>;

function decideExisting(command: ExistingCommand, concern: Concern, context: DecisionContext): readonly ConcernEvent[] {
  if (concern.recused.includes(context.actor.id)) return reject('concern_not_found');
  const events = decideOf(command, concern, context);
  return events.length > 0 && tellsOfSomebody.has(command.type) ? [...events, ...resumeRetention(concern)] : events;
}

/** What somebody does who is there, and not clocks, other services or an erasure. */
const tellsOfSomebody: ReadonlySet<ConcernCommand['type']> = new Set([
  ...([
    'SendReporterMessage',
    'SendOfficerMessage',
    'AllocateConcern',
    'RecordFirstResponse',
    'TriageConcern',
  ] as const),
  ...(['GiveGuidance', 'AcceptConcern', 'LinkConcernToClient', 'IssueClientReceipt', 'ReplaceReceipt'] as const),
]);

function decideOf(command: ExistingCommand, concern: Concern, context: DecisionContext): readonly ConcernEvent[] {
  switch (command.type) {
    case 'AllocateConcern':
      return allocate(command, concern, context);
    case 'WarnOfFirstResponseDue':
    case 'MarkFirstResponseOverdue':
    case 'EscalateToHead':
      return tick(command.type, concern, context);
    case 'RecordFirstResponse':
      handledBy(concern, context);
      return concern.firstResponse
        ? reject('first_response_already_given')
        : [firstResponse(command.response, concern, context, 'response.at')];
    case 'SendReporterMessage':
      return [{ type: 'ReporterMessageReceived', data: { messageId: context.newId('message'), text: command.text } }];
    case 'SendOfficerMessage':
      return answer(command.text, concern, context);
    case 'TriageConcern':
      return triage(command, concern, context);
    case 'GiveGuidance':
      return guide(command, concern, context);
    case 'AcceptConcern':
      return accept(command, concern, context);
    case 'RequestCase':
      return requestCase(concern);
    case 'IssueClientReceipt':
      return issueClientReceipt(command, concern, context);
    case 'ReplaceReceipt':
      return replaceReceipt(command, concern, context);
    case 'UpgradeReceipt':
      return upgradeReceipt(command.caseId, concern);
    case 'LinkConcernToClient':
      return link(command, concern, context);
    case 'RequestClientLink':
      return requestLink(command, concern);
    case 'SettleClientLink':
      return settleLink(command, concern);
    case 'RecordRecusal':
      return recordRecusal(command, concern);
    case 'RecordTeam':
      return recordTeam(command, concern);
    case 'RecordEmergencyAccess':
      return recordEmergencyAccess(command, concern);
    case 'EndEmergencyAccess':
      return endEmergencyAccess(command, concern);
    case 'RequestReporterErasure':
      return requestReporterErasure(command, concern, context);
    case 'EndRetention':
      return endRetention(command, concern);
    case 'ErasePerson':
      return erase(command, concern);
  }
}

function submit(
  { concernId, contact, receiptHash }: CommandOf<'SubmitConcern'>,
  state: ConcernState,
  context: DecisionContext,
) {
  if (state.status !== 'none') reject('concern_exists');
  const events: ConcernEvent[] = [
    submitted(concernId, contact, { at: context.now, precision: 'minute' }, context),
    { type: 'ReceiptIssued', data: { scope: 'reporter', receiptHash } },
  ];
  return events;
}

function register(
  command: CommandOf<'RegisterContact'>,
  state: ConcernState,
  context: DecisionContext,
): readonly ConcernEvent[] {
  if (state.status !== 'none') reject('concern_exists');
  if (isAhead(command.contactTime, context)) reject('contact_in_future', 'contact.at');
  const first = submitted(command.concernId, command.contact, command.contactTime, context, context.actor.id);
  const concern = evolve(noConcern, first);
  if (concern.status === 'none') throw new Error('a submitted concern has a status');
  if (command.firstResponse) return [first, firstResponse(command.firstResponse, concern, context, 'firstResponse.at')];
  const overdue = concern.clock && !isBefore(context.now, concern.clock.dueAt);
  return overdue ? [first, ...becomesOverdue(concern)] : [first];
}

function submitted(
  concernId: string,
  contact: Contact,
  time: KnownTime,
  context: DecisionContext,
  registeredBy?: string,
) {
  const { account, desk, shutOut, channel, kind, identity, immediateDanger, medicalUrgency } = contact;
  if (identity === 'anonymous' && (account.reporterName !== undefined || account.contactDetails !== undefined))
    reject('anonymous_with_name', 'identity');
  const clientId = context.newId('client');
  const clock = responseClock(time, immediateDanger || medicalUrgency);
  return {
    type: 'ConcernSubmitted',
    data: {
      ...account,
      ...(desk === undefined ? {} : { desk }),
      ...(shutOut.length > 0 ? { shutOut: [...shutOut] } : {}),
      concernId,
      clientId,
      reporterId: account.reporterRelation === 'affected_person' ? clientId : context.newId('reporter'),
      channel,
      kind,
      identity,
      immediateDanger,
      medicalUrgency,
      contact: time,
      ...(clock ? { clock } : {}),
      ...(registeredBy === undefined ? {} : { registeredBy }),
      occurredAt: time.at,
    },
  } satisfies ConcernEvent;
}

/** A month has begun once it has anywhere. */
const isAhead = ({ at, precision }: KnownTime, context: DecisionContext): boolean =>
  isBefore(plusMilliseconds(context.now, precision === 'month' ? firstOnEarth : clockSkew), at);

/** What the clock may say, each once: warning, then overdue with escalation to the supervisor, then to the head. */
function tick(type: ConcernCommand['type'], concern: Concern, { now }: DecisionContext): readonly ConcernEvent[] {
  const clock = concern.clock;
  if (!clock || concern.firstResponse) return [];
  const reached = (at: string): boolean => !isBefore(now, at);
  if (type === 'WarnOfFirstResponseDue') {
    if (!reached(clock.warnAt)) return reject('clock_not_due');
    return concern.warned || concern.overdue ? [] : [{ type: 'FirstResponseDue', data: { dueAt: clock.dueAt } }];
  }
  if (type === 'MarkFirstResponseOverdue') {
    if (!reached(clock.dueAt)) return reject('clock_not_due');
    return concern.overdue ? [] : becomesOverdue(concern);
  }
  if (!reached(clock.escalateToHeadAt)) return reject('clock_not_due');
  if (concern.escalatedTo.includes('head')) return [];
  const before = concern.overdue ? [] : becomesOverdue(concern);
  return [...before, { type: 'ConcernEscalated', data: { to: 'head' } }];
}

function becomesOverdue(concern: Concern): readonly ConcernEvent[] {
  if (!concern.clock) return [];
  return [
    { type: 'FirstResponseOverdue', data: { dueAt: concern.clock.dueAt } },
    { type: 'ConcernEscalated', data: { to: 'supervisor' } },
  ];
}

/** `field`: where the request says when that was, if it does. */
function firstResponse(response: KnownTime, concern: Concern, context: DecisionContext, field?: string): ConcernEvent {
  if (isAhead(response, context)) reject('contact_in_future', field);
  const measured = response.precision === 'minute' && concern.submitted.contact.precision === 'minute';
  if (measured && isBefore(response.at, concern.submitted.contact.at)) reject('first_response_before_contact', field);
  const withinTarget = measured && concern.clock ? !isBefore(concern.clock.dueAt, response.at) : undefined;
  return {
    type: 'FirstResponseGiven',
    data: {
      response,
      ...(withinTarget === undefined ? {} : { withinTarget }),
      ...(measured ? { hoursTaken: hoursBetween(concern.submitted.contact.at, response.at) } : {}),
      occurredAt: response.at,
    },
  };
}

/** Whole hours, the last one begun counting: 24 is up to 24 hours and no second more. */
const hoursBetween = (from: string, to: string): number => Math.ceil((Date.parse(to) - Date.parse(from)) / 3_600_000);

/** An officer's message that somebody can read is a person's response: the first one stops the clock. */
function answer(text: string, concern: Concern, context: DecisionContext): readonly ConcernEvent[] {
  handledBy(concern, context);
  if (!canBeWrittenTo(concern)) reject('nobody_could_read_it');
  const sent: ConcernEvent = { type: 'OfficerMessageSent', data: { messageId: context.newId('message'), text } };
  if (concern.firstResponse) return [sent];
  return [sent, firstResponse({ at: context.now, precision: 'minute' }, concern, context)];
}

/** A supervisor triages what they have not taken as well; whom the reporter shut out, the policies keep away. */
function triage(
  command: CommandOf<'TriageConcern'>,
  concern: Concern,
  context: DecisionContext,
): readonly ConcernEvent[] {
  if (!context.actor.roles.includes('supervisor')) handledBy(concern, context);
  if (concern.status === 'accepted') reject('concern_closed');
  const { priority, riskOfRetaliation, mandatoryReportingExplained } = command;
  return [{ type: 'ConcernTriaged', data: { priority, riskOfRetaliation, mandatoryReportingExplained } }];
}

function guide(
  command: CommandOf<'GiveGuidance'>,
  concern: Concern,
  context: DecisionContext,
): readonly ConcernEvent[] {
  handledBy(concern, context);
  if (!concern.firstResponse) reject('first_response_missing');
  const { avenues, decision, note } = command;
  return [{ type: 'GuidanceGiven', data: { avenues, decision, ...(note === undefined ? {} : { note }) } }];
}
