import { aggregatesOf, list, referralStatusAfter, text, type LoggedEvent } from '../evidence.js';
import { millis, type Row, type View } from './view.js';

const teamTypes = ['CaseOpened', 'OfficerAssigned', 'TeamMemberAdded', 'TeamMemberRemoved', 'OfficerRecused'];
const lastTeam = (events: readonly LoggedEvent[]): LoggedEvent | undefined =>
  events.findLast(({ type }) => teamTypes.includes(type));
const lastOf = (events: readonly LoggedEvent[], type: string): LoggedEvent | undefined =>
  events.findLast((event) => event.type === type);

/** A stage that it was moved to, closed, or where it was taken up again. */
function stageAfter(events: readonly LoggedEvent[]): string {
  const last = events.findLast(({ type }) => ['StageMoved', 'CaseClosed', 'CaseReopened'].includes(type));
  if (!last) return 'engagement';
  return last.type === 'CaseClosed' ? 'closed' : text(last.data, last.type === 'StageMoved' ? 'to' : 'stage');
}

const caseList: View = {
  service: 'case',
  table: 'cases',
  key: ['case_id'],
  fold: (log) =>
    [...aggregatesOf(log, 'case')].map(([caseId, events]): Row => {
      const opened = lastOf(events, 'CaseOpened')?.data;
      const officer = lastOf(events, 'OfficerAssigned')?.data ?? opened;
      return {
        case_id: caseId,
        concern_id: text(opened, 'concernId'),
        client_id: text(opened, 'clientId'),
        case_code: text(opened, 'caseCode'),
        stage: stageAfter(events),
        officer_id: text(officer, 'officerId'),
        team: list(lastTeam(events)?.data, 'team').join(),
        recused: events
          .filter(({ type }) => type === 'OfficerRecused')
          .map(({ data }) => text(data, 'staffId'))
          .join(),
        review_due_at: millis(text(lastOf(events, 'RiskAssessed')?.data, 'reviewDueAt')),
        opened_at: millis(text(opened, 'openedAt')),
      };
    }),
};

/** The copy that another service keeps of who works on which case. */
const teamsIn = (service: string): View => ({
  service,
  table: 'case_teams',
  key: ['case_id'],
  fold: (log) =>
    [...aggregatesOf(log, 'case')].map(([caseId, events]): Row => {
      const last = lastTeam(events);
      return {
        case_id: caseId,
        client_id: text(last?.data, 'clientId'),
        team: list(last?.data, 'team').join(),
        changed_at: millis(text(last?.metadata, 'occurredAt')),
      };
    }),
});

/** The copy that another service keeps of which clients are one person, each link from both ends. */
const linksIn = (service: string): View => ({
  service,
  table: 'client_links',
  key: ['client_id', 'linked_client_id'],
  fold: (log) =>
    log
      .filter(({ type, data }) => type === 'ClientLinkAnswered' && text(data, 'outcome') === 'linked')
      .map(({ data }) => [text(data, 'clientId'), text(data, 'linkedClientId')] as const)
      .flatMap(([one, other]): readonly Row[] => [
        { client_id: one, linked_client_id: other },
        { client_id: other, linked_client_id: one },
      ]),
});

/** The copy that case keeps of where the referrals of a case stand. */
const caseReferrals: View = {
  service: 'case',
  table: 'case_referrals',
  key: ['referral_id'],
  fold: (log) =>
    [...aggregatesOf(log, 'referral')].map(([referral, events]): Row => {
      const last = events.findLast(({ type }) => type in referralStatusAfter);
      return {
        referral_id: referral,
        case_id: text(last?.data, 'caseId'),
        status: referralStatusAfter[last?.type ?? ''] ?? '',
      };
    }),
};

export const caseViews: readonly View[] = [
  ...[caseList, caseReferrals, teamsIn('consent'), teamsIn('referral')],
  ...[linksIn('case'), linksIn('referral')],
];
