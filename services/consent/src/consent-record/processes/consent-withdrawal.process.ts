import type { ProcessDeclaration } from '@waymark/service-kit';
import type { ConsentEvent } from '../domain/consent-record.events.js';
import { RequestSuspensions } from '../features/request-suspensions.js';

const ends = ['ConsentWithdrawn', 'OverrideRevoked', 'OverrideEndedByClient', 'OverrideExpired'] as const;
type End = Extract<ConsentEvent, { type: (typeof ends)[number] }>['data'];

/**
 * A withdrawal, or the end of an override, reaches every referral that may have gone out under it. It has bitten before: nothing is
 * authorised from its moment on. This proves that the rest has followed.
 */
export const consentWithdrawal: ProcessDeclaration = {
  service: 'consent',
  name: 'consent-withdrawal',
  version: 1,
  startedBy: {
    category: 'consent',
    types: ends,
    about: ({ data }) => aboutOf(data as End),
  },
  steps: [
    {
      name: 'suspend_referrals',
      withinMinutes: 5,
      // The end itself has asked for the suspensions the first time.
      take: ({ about: consentId, stream, attempt, answers, doors, call }) => {
        const clientId = stream.slice('consent-'.length);
        const again = attempt > 1 && { heardOf: answers.map(({ awaited }) => awaited) };
        return doors.commands.execute(new RequestSuspensions(clientId, consentId, again, call));
      },
    },
  ],
};

const aboutOf = (data: End): string => ('consentId' in data ? data.consentId : data.overrideId);
