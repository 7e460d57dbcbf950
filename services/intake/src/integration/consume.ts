import { caseMessages, consentMessages, type LinkOutcome } from '@waymark/contracts';
import { AnswerProcess, type Doors, messageCall, reactingTo } from '@waymark/service-kit';
import { HearOfCase, type HeardOfCase } from '../concern/features/hear-of-case.js';
import { clientLink } from '../concern/processes/client-link.process.js';
import { concernAcceptance } from '../concern/processes/concern-acceptance.process.js';

interface Told {
  readonly id: string;
  readonly correlationid: string;
}

/** The case of an accepted concern is open: what its process waits for. */
const caseIsOpen = ({ commands }: Doors, message: Told, concernId: string, caseId: string): Promise<void> =>
  commands.execute(
    new AnswerProcess(
      concernAcceptance,
      concernId,
      `concern-${concernId}`,
      { step: 'open_case', awaited: concernId, answer: caseId },
      messageCall('intake', message),
    ),
  );

/** Somebody has taken a link along, or refused to. */
const linkIsAnswered = (
  { commands }: Doors,
  message: Told,
  { concernId, linkId }: { readonly concernId: string; readonly linkId: string },
  step: 'link_consents' | 'link_case',
  answer: LinkOutcome,
): Promise<void> =>
  commands.execute(
    new AnswerProcess(
      clientLink,
      linkId,
      `concern-${concernId}`,
      { step, awaited: linkId, answer },
      messageCall('intake', message),
    ),
  );

const hear = ({ commands }: Doors, message: Told, concernId: string, heard: HeardOfCase): Promise<void> =>
  commands.execute(new HearOfCase(concernId, heard, messageCall('intake', message)));

export const consumes = [
  reactingTo(caseMessages.caseOpened, async (message, doors) => {
    const { concernId, caseId } = message.data;
    if (concernId !== undefined) await caseIsOpen(doors, message, concernId, caseId);
  }),
  reactingTo(caseMessages.openingConfirmed, (message, doors) =>
    caseIsOpen(doors, message, message.data.concernId, message.data.caseId),
  ),
  reactingTo(caseMessages.teamChanged, async (message, doors) => {
    const { concernId, caseId, team, changedAt, revision } = message.data;
    // What was published before concerns follow the team has neither.
    if (concernId === undefined || revision === undefined) return;
    await hear(doors, message, concernId, { type: 'RecordTeam', changed: { caseId, team, changedAt, revision } });
  }),
  reactingTo(caseMessages.officerRecused, (message, doors) => {
    const { concernId, ...recusal } = message.data;
    return hear(doors, message, concernId, { type: 'RecordRecusal', ...recusal });
  }),
  reactingTo(caseMessages.emergencyAccessGranted, (message, doors) => {
    const { concernId, ...grant } = message.data;
    return hear(doors, message, concernId, { type: 'RecordEmergencyAccess', grant });
  }),
  reactingTo(caseMessages.emergencyAccessReviewed, (message, doors) => {
    const { concernId, grantId, reviewedAt: endedAt } = message.data;
    return hear(doors, message, concernId, { type: 'EndEmergencyAccess', grantId, endedAt });
  }),
  reactingTo(consentMessages.linkAnswered, (message, doors) =>
    linkIsAnswered(doors, message, message.data, 'link_consents', message.data.outcome),
  ),
  reactingTo(caseMessages.caseLinked, (message, doors) =>
    linkIsAnswered(doors, message, message.data, 'link_case', 'linked'),
  ),
];
