import { caseMessages } from '@waymark/contracts';
import type { Translation } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import type { CaseEvent, Team } from '../case/domain/case.events.js';

/** Told when a person was erased here. */
export const erasureAnswer = caseMessages.subjectErased;

export const publishes = [caseMessages.caseOpened, caseMessages.teamChanged];

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
    case 'StageMoved':
    case 'RiskAssessed':
    case 'NoteWritten':
      return undefined;
  }
}
