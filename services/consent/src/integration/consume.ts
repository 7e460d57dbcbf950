import { caseMessages, consentMessages, intakeMessages, referralMessages, sealingContexts } from '@waymark/contracts';
import { keepCaseTeams, messageCall, reactingTo } from '@waymark/service-kit';
import { ConfirmErasure } from '../consent-record/features/confirm-erasure.js';

const answers = {
  intake: intakeMessages.subjectErased,
  case: caseMessages.subjectErased,
  consent: consentMessages.subjectErased,
  referral: referralMessages.subjectErased,
};

/** Who works on which client's case (client-teams.ts reads it); and what the contexts answer to an erasure, this one among them. */
export const consumes = [
  keepCaseTeams,
  ...sealingContexts.map((context) =>
    reactingTo(answers[context], async (message, { commands }) => {
      const { subjectId, erasureId, ...keys } = message.data;
      const call = messageCall('consent', message);
      await commands.execute(new ConfirmErasure(subjectId, erasureId, { context, ...keys }, call));
    }),
  ),
];
