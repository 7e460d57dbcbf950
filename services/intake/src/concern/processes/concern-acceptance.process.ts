import type { ProcessDeclaration } from '@waymark/service-kit';
import { RequestCase } from '../features/request-case.js';
import { UpgradeReceipt } from '../features/upgrade-receipt.js';

/** An accepted concern becomes a case, and the receipt of an affected reporter a client receipt. */
export const concernAcceptance: ProcessDeclaration = {
  service: 'intake',
  name: 'concern-acceptance',
  version: 1,
  startedBy: {
    category: 'concern',
    types: ['ConcernAccepted'],
    about: ({ stream }) => stream.slice('concern-'.length),
  },
  steps: [
    {
      name: 'open_case',
      withinMinutes: 5,
      // The acceptance itself has asked for the case the first time.
      take: async ({ about: concernId, attempt, doors, call }) => {
        const follows = await doors.commands.execute(new RequestCase(concernId, attempt > 1, call));
        return follows ? [concernId] : [];
      },
    },
    {
      name: 'upgrade_receipt',
      withinMinutes: 5,
      take: async ({ about: concernId, answers, doors, call }) => {
        const opened = answers.find(({ step }) => step === 'open_case');
        if (opened) await doors.commands.execute(new UpgradeReceipt(concernId, opened.answer, call));
        return [];
      },
    },
  ],
};
