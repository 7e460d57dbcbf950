import { caseMessages, type CaseStage } from '@waymark/contracts';
import type { Translation } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import { factPseudonym, type Platform } from '@waymark/service-kit';
import type { CaseEvent, Team } from '../case/domain/case.events.js';

/** Told when a person was erased here. */
export const erasureAnswer = caseMessages.subjectErased;

export const publishes = [
  caseMessages.caseOpened,
  caseMessages.openingConfirmed,
  caseMessages.caseLinked,
  caseMessages.teamChanged,
  caseMessages.officerRecused,
  caseMessages.emergencyAccessGranted,
  caseMessages.emergencyAccessReviewed,
  caseMessages.caseClosed,
  caseMessages.caseReopened,
  caseMessages.stageCounted,
];

interface ChangedTeam {
  readonly concernId?: string;
  readonly clientId: string;
  readonly team: Team;
}

/** What the other services learn from the events of a case. */
export function publish(recorded: OpenedEvent): Translation | undefined {
  const caseId = recorded.stream.slice('case-'.length);
  const happenedAt = recorded.metadata.occurredAt;
  const event = { type: recorded.type, data: recorded.data } as CaseEvent;
  const teamIs = ({ concernId, clientId, team }: ChangedTeam) => ({
    type: caseMessages.teamChanged.type,
    subject: caseId,
    data: caseMessages.teamChanged.parse({
      ...{ caseId, clientId, team: [...team], changedAt: happenedAt },
      revision: recorded.revision,
      ...(concernId === undefined ? {} : { concernId }),
    }),
  });
  switch (event.type) {
    case 'CaseOpened': {
      const { concernId, clientId, officerId, openedAt, shutOut } = event.data;
      const opened = {
        type: caseMessages.caseOpened.type,
        subject: caseId,
        data: caseMessages.caseOpened.parse({
          ...{ caseId, concernId, clientId, officerId, openedAt },
          ...(shutOut ? { shutOut } : {}),
        }),
      };
      return [opened, teamIs(event.data)];
    }
    case 'CaseOpeningConfirmed':
      return {
        type: caseMessages.openingConfirmed.type,
        subject: caseId,
        data: caseMessages.openingConfirmed.parse(event.data),
      };
    case 'CaseLinkedToClient': {
      const { clientId, concernId, linkId } = event.data;
      const linked = {
        type: caseMessages.caseLinked.type,
        subject: caseId,
        data: caseMessages.caseLinked.parse({ caseId, clientId, concernId, linkId }),
      };
      return [linked, teamIs(event.data)];
    }
    case 'OfficerAssigned':
    case 'TeamMemberAdded':
    case 'TeamMemberRemoved':
      return teamIs(event.data);
    case 'OfficerRecused': {
      const { concernId, staffId, recusedAt } = event.data;
      if (concernId === undefined) return teamIs(event.data);
      const { type } = caseMessages.officerRecused;
      const data = caseMessages.officerRecused.parse({ caseId, concernId, staffId, recusedAt });
      return [teamIs(event.data), { type, subject: caseId, data }];
    }
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
    case 'EmergencyAccessGranted': {
      const { concernId, grantId, staffId, purpose, endsAt } = event.data;
      if (concernId === undefined) return undefined;
      const { type } = caseMessages.emergencyAccessGranted;
      const data = { caseId, concernId, grantId, staffId, purpose, endsAt };
      return { type, subject: caseId, data: caseMessages.emergencyAccessGranted.parse(data) };
    }
    case 'EmergencyAccessReviewed': {
      const { concernId, grantId, reviewedAt } = event.data;
      if (concernId === undefined) return undefined;
      const { type } = caseMessages.emergencyAccessReviewed;
      const data = { caseId, concernId, grantId, reviewedAt };
      return { type, subject: caseId, data: caseMessages.emergencyAccessReviewed.parse(data) };
    }
    case 'StageMoved':
    case 'RiskAssessed':
    case 'NoteWritten':
    case 'EmergencyReviewOverdue':
      return undefined;
  }
}

/** The month and the stage only, under a pseudonym that needs the case service's secret to be joined back. */
export function publishFacts(recorded: OpenedEvent, { secrets }: Pick<Platform, 'secrets'>): Translation | undefined {
  const stage = stageAfter({ type: recorded.type, data: recorded.data } as CaseEvent);
  if (stage === undefined) return undefined;
  const factId = factPseudonym(secrets, 'stage', recorded.stream.slice('case-'.length));
  const month = recorded.metadata.occurredAt.slice(0, 7);
  return {
    type: caseMessages.stageCounted.type,
    subject: factId,
    unlinked: true,
    time: `${month}-01T00:00:00.000Z`,
    data: caseMessages.stageCounted.parse({ factId, month, stage }),
  };
}

function stageAfter(event: CaseEvent): CaseStage | undefined {
  switch (event.type) {
    case 'CaseOpened':
      return 'engagement';
    case 'StageMoved':
      return event.data.to;
    case 'CaseClosed':
      return 'closed';
    case 'CaseReopened':
      return event.data.stage;
    case 'CaseLinkedToClient':
    case 'OfficerAssigned':
    case 'TeamMemberAdded':
    case 'TeamMemberRemoved':
    case 'OfficerRecused':
    case 'RiskAssessed':
    case 'CaseOpeningConfirmed':
    case 'NoteWritten':
    case 'EmergencyAccessGranted':
    case 'EmergencyAccessReviewed':
    case 'EmergencyReviewOverdue':
      return undefined;
  }
}
