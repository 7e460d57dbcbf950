import type { ProcessDeclaration } from '@waymark/service-kit';
import type { ConcernEvent } from '../domain/concern.events.js';
import { RequestClientLink, SettleClientLink } from '../features/take-link-along.js';

/**
 * A concern was linked to a client who came before: consent is kept and read for both as for one person, and a case that was opened
 * before the link goes to the earlier client. Referrals keep their id: consent decides about both.
 */
export const clientLink: ProcessDeclaration = {
  service: 'intake',
  name: 'client-link',
  version: 1,
  startedBy: {
    category: 'concern',
    types: ['ConcernLinkedToClient'],
    about: ({ data }) => (data as Extract<ConcernEvent, { type: 'ConcernLinkedToClient' }>['data']).linkId,
  },
  steps: [
    {
      name: 'link_consents',
      withinMinutes: 5,
      // The link itself has asked the first time.
      take: async ({ about: linkId, stream, attempt, doors, call }) => {
        if (attempt > 1)
          await doors.commands.execute(new RequestClientLink(concernIn(stream), linkId, 'consent', call));
        return [linkId];
      },
    },
    {
      name: 'settle_link',
      withinMinutes: 5,
      take: async ({ about: linkId, stream, answers, doors, call }) => {
        const outcome = answers.some(({ answer }) => answer === 'linked') ? 'linked' : 'refused';
        await doors.commands.execute(new SettleClientLink(concernIn(stream), linkId, outcome, call));
        return [];
      },
    },
    {
      name: 'link_case',
      withinMinutes: 5,
      take: async ({ about: linkId, stream, answers, doors, call }) => {
        if (!answers.some(({ answer }) => answer === 'linked')) return [];
        const asked = await doors.commands.execute(new RequestClientLink(concernIn(stream), linkId, 'case', call));
        return asked ? [linkId] : [];
      },
    },
  ],
};

const concernIn = (stream: string): string => stream.slice('concern-'.length);
