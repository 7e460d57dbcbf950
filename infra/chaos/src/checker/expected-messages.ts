import { idOf, list, referralStatusAfter, text, type LoggedEvent } from './evidence.js';

/** A message that must follow from an event. */
export interface ExpectedMessage {
  readonly topic: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** Id of the event, which the message carries as its cause. */
  readonly cause: string;
  /** Fields that tell what happened, as text. */
  readonly says: Readonly<Record<string, string>>;
}

/** What the services have to publish of the log, in its order. Facts carry no cause: they are counted, see check-effects.ts. */
export const expectedMessages = (log: readonly LoggedEvent[]): readonly ExpectedMessage[] => log.flatMap(messagesOf);

function messagesOf(event: LoggedEvent): readonly ExpectedMessage[] {
  const { category, type, data } = event;
  const message = (what: string, subject: string, says: ExpectedMessage['says']): ExpectedMessage => ({
    topic: `waymark.${serviceOf(category)}`,
    source: `/waymark/${serviceOf(category)}`,
    type: what,
    subject,
    cause: event.id,
    says,
  });
  const teamChanged = message('case.team-changed.v1', idOf(event), {
    ...{ concernId: text(data, 'concernId'), team: list(data, 'team').join() },
  });
  if (type === 'ConcernAccepted')
    return [message('intake.concern-accepted.v1', idOf(event), { officerId: text(data, 'officerId') })];
  if (type === 'CaseOpened')
    return [message('case.case-opened.v1', idOf(event), { concernId: text(data, 'concernId') }), teamChanged];
  if (['OfficerAssigned', 'TeamMemberAdded', 'TeamMemberRemoved', 'OfficerRecused'].includes(type))
    return [
      teamChanged,
      ...(type === 'OfficerRecused'
        ? [message('case.officer-recused.v1', idOf(event), { staffId: text(data, 'staffId') })]
        : []),
    ];
  if (type === 'EmergencyAccessGranted' || type === 'EmergencyAccessReviewed') {
    const what = type === 'EmergencyAccessGranted' ? 'granted' : 'reviewed';
    return [message(`case.emergency-access-${what}.v1`, idOf(event), { grantId: text(data, 'grantId') })];
  }
  if (type === 'CaseClosed') return [message('case.case-closed.v1', idOf(event), {})];
  if (type === 'CaseReopened') return [message('case.case-reopened.v1', idOf(event), {})];
  if (type === 'ConsentGiven' || type === 'ConsentWithdrawn') {
    const what = type === 'ConsentGiven' ? 'consent.consent-given.v1' : 'consent.consent-withdrawn.v1';
    return [message(what, text(data, 'clientId'), { consentId: text(data, 'consentId') })];
  }
  if (type === 'ClientLinkAnswered')
    return [message('consent.link-answered.v1', text(data, 'clientId'), { outcome: text(data, 'outcome') })];
  if (type === 'CaseRequested')
    return [message('intake.case-requested.v1', idOf(event), { officerId: text(data, 'officerId') })];
  if (type === 'ReporterErasureRequested')
    return [
      message('intake.reporter-erasure-requested.v1', idOf(event), {
        ...{ reporterId: text(data, 'reporterId'), requestedBy: text(data, 'requestedBy') },
      }),
    ];
  if (type === 'RetentionEnded' || type === 'RetentionResumed') {
    const what = type === 'RetentionEnded' ? 'ended' : 'resumed';
    return [message(`intake.retention-${what}.v1`, idOf(event), { of: list(data, 'of').join() })];
  }
  if (type === 'ErasureApproved' || type === 'ErasureDemanded')
    return [message('consent.erasure-approved.v1', text(data, 'clientId'), { erasureId: text(data, 'erasureId') })];
  if (type === 'SubjectErased')
    return [message(`${serviceOf(category)}.subject-erased.v1`, idOf(event), { erasureId: text(data, 'erasureId') })];
  if (type === 'CaseOpeningConfirmed')
    return [message('case.opening-confirmed.v1', idOf(event), { concernId: text(data, 'concernId') })];
  if (type === 'SuspensionsRequested')
    return [
      message('consent.suspensions-requested.v1', text(data, 'clientId'), {
        ...{ consentId: text(data, 'consentId'), referralIds: list(data, 'referralIds').join() },
      }),
    ];
  if (type === 'WithdrawalApplied')
    return [message('referral.withdrawal-applied.v1', idOf(event), { outcome: text(data, 'outcome') })];
  const status = category === 'referral' ? referralStatusAfter[type] : undefined;
  return status ? [message('referral.referral-moved.v1', idOf(event), { status })] : [];
}

/** Whose log a category is in: its own, and what it notes about each erasure. */
const serviceOf = (category: string): string => (category === 'concern' ? 'intake' : category.replace(/_erasure$/, ''));
