import { caseMessages } from '@waymark/contracts';
import type { Translation } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import type { CaseEvent, Team } from '../case/domain/case.events.js';

export const publishes = [
  caseMessages.caseOpened,
  caseMessages.teamChanged,
  caseMessages.caseClosed,
  caseMessages.caseReopened,
];

/** What the other services learn from the events of a case. */
export function publish(recorded: OpenedEvent): Translation | undefined {
  const caseId = recorded.stream.slice('case-'.length);
  const happenedAt = recorded.metadata.occurredAt;
  const event = { type: recorded.type, data: recorded.data } as CaseEvent;
  const teamIs = ({ clientId, team }: { readonly clientId: string; readonly team: Team }) => ({
    type: caseMessages.teamChanged.type,
    subject: caseId,
    data: caseMessages.teamChanged.parse({ caseId, clientId, team: [...team], changedAt: happenedAt }),
  });
  switch (event.type) {
    case 'CaseOpened': {
      const { concernId, clientId, officerId, openedAt } = event.data;
      const opened = {
        type: caseMessages.caseOpened.type,
        subject: caseId,
        data: caseMessages.caseOpened.parse({ caseId, concernId, clientId, officerId, openedAt }),
      };
      return [opened, teamIs(event.data)];
    }
    case 'OfficerAssigned':
    case 'TeamMemberAdded':
    case 'TeamMemberRemoved':
      return teamIs(event.data);
    case 'CaseClosed': {
      const { clientId, closedAt } = event.data;
      const { type } = caseMessages.caseClosed;
      return { type, subject: caseId, data: caseMessages.caseClosed.parse({ caseId, clientId, closedAt }) };
    }
    case 'CaseReopened': {
      const { clientId, reopenedAt } = event.data;
      const { type } = caseMessages.caseReopened;
      return { type, subject: caseId, data: caseMessages.caseReopened.parse({ caseId, clientId, reopenedAt }) };
    }
    case 'StageMoved':
    case 'RiskAssessed':
    case 'NoteWritten':
      return undefined;
  }
}
