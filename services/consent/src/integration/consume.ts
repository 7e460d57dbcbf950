import { caseMessages, consentMessages, intakeMessages, referralMessages, sealingContexts } from '@waymark/contracts';
import { AnswerProcess, keepCaseTeams, messageCall, reactingTo } from '@waymark/service-kit';
import { ConfirmErasure } from '../consent-record/features/confirm-erasure.js';
import { LinkClients } from '../consent-record/features/link-clients.js';
import { ResumeRetention } from '../consent-record/features/resume-retention.js';
import { RequestErasureForConcern } from '../consent-record/features/request-erasure-for-concern.js';
import { answerOf, clientErasure } from '../consent-record/processes/client-erasure.process.js';
import { consentWithdrawal } from '../consent-record/processes/consent-withdrawal.process.js';

const answers = {
  intake: intakeMessages.subjectErased,
  case: caseMessages.subjectErased,
  consent: consentMessages.subjectErased,
  referral: referralMessages.subjectErased,
};

/**
 * Who works on which client's case, who has recused and whom its reporter shuts out (client-teams.ts reads it), to which referrals a withdrawal was
 * applied, that a reporter asks to be erased or that a concern has been kept for long enough, and what the contexts answer to an erasure, this one among them.
 */
export const consumes = [
  ...keepCaseTeams,
  reactingTo(referralMessages.withdrawalApplied, async (message, { commands }) => {
    const { clientId, consentId, referralId, outcome } = message.data;
    await commands.execute(
      new AnswerProcess(
        consentWithdrawal,
        consentId,
        `consent-${clientId}`,
        { step: 'suspend_referrals', awaited: referralId, answer: outcome },
        messageCall('consent', message),
      ),
    );
  }),
  reactingTo(intakeMessages.concernLinked, async (message, { commands }) => {
    await commands.execute(new LinkClients(message.data, messageCall('consent', message)));
  }),
  reactingTo(intakeMessages.linkRequested, async (message, { commands }) => {
    if (message.data.of === 'consent')
      await commands.execute(new LinkClients(message.data, messageCall('consent', message)));
  }),
  reactingTo(intakeMessages.reporterErasureRequested, async (message, { commands }) => {
    const { reporterId, way, requestedBy, ...reporterOf } = message.data;
    const asked = { way, requestedBy, reporterOf };
    await commands.execute(new RequestErasureForConcern(reporterId, asked, messageCall('consent', message)));
  }),
  reactingTo(intakeMessages.retentionEnded, async (message, { commands }) => {
    const { of, reporterId, ...reporterOf } = message.data;
    const asked = { requestedBy: 'intake', reporterOf };
    const call = messageCall('consent', message);
    for (const person of of) {
      const personId = person === 'client' ? reporterOf.clientId : reporterId;
      await commands.execute(new RequestErasureForConcern(personId, asked, call));
    }
  }),
  reactingTo(intakeMessages.retentionResumed, async (message, { commands }) => {
    const { of, clientId, reporterId } = message.data;
    const call = messageCall('consent', message);
    for (const person of of)
      await commands.execute(new ResumeRetention(person === 'client' ? clientId : reporterId, call));
  }),
  ...sealingContexts.map((context) =>
    reactingTo(answers[context], async (message, { commands }) => {
      const { subjectId, erasureId, ...keys } = message.data;
      const call = messageCall('consent', message);
      await commands.execute(new ConfirmErasure(subjectId, erasureId, { context, ...keys }, call));
      const answer = { step: 'contexts_erased', awaited: answerOf(context, erasureId), answer: context };
      await commands.execute(new AnswerProcess(clientErasure, erasureId, `consent-${subjectId}`, answer, call));
    }),
  ),
];
