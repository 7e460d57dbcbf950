import { consentMessages } from '@waymark/contracts';
import type { Translation } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import type { ConsentEvent } from '../consent-record/domain/consent-record.events.js';

/** Told when a person was erased here. */
export const erasureAnswer = consentMessages.subjectErased;

export const publishes = [
  consentMessages.consentGiven,
  consentMessages.consentWithdrawn,
  consentMessages.suspensionsRequested,
  consentMessages.linkAnswered,
  consentMessages.erasureApproved,
];

/** What the other services learn from consent's events. Who may get what they ask for at every disclosure anew. */
export function publish(recorded: OpenedEvent): Translation | undefined {
  const event = { type: recorded.type, data: recorded.data } as ConsentEvent;
  switch (event.type) {
    case 'ConsentGiven': {
      const { clientId, consentId, recipient, purpose, categories, validUntil, givenAt } = event.data;
      return {
        type: consentMessages.consentGiven.type,
        subject: clientId,
        data: consentMessages.consentGiven.parse({
          clientId,
          consentId,
          recipient,
          purpose,
          categories,
          validUntil,
          givenAt,
        }),
      };
    }
    case 'ConsentWithdrawn': {
      const { clientId, consentId, recipient, purpose, categories, withdrawnAt } = event.data;
      return {
        type: consentMessages.consentWithdrawn.type,
        subject: clientId,
        data: consentMessages.consentWithdrawn.parse({
          clientId,
          consentId,
          recipient,
          purpose,
          categories,
          withdrawnAt,
        }),
      };
    }
    case 'SuspensionsRequested':
      return {
        type: consentMessages.suspensionsRequested.type,
        subject: event.data.clientId,
        data: consentMessages.suspensionsRequested.parse(event.data),
      };
    case 'ClientLinkAnswered': {
      const { clientId, linkedClientId: earlierClientId, concernId, linkId, outcome } = event.data;
      return {
        type: consentMessages.linkAnswered.type,
        subject: clientId,
        data: consentMessages.linkAnswered.parse({ clientId, earlierClientId, concernId, linkId, outcome }),
      };
    }
    case 'ErasureApproved':
    case 'ErasureDemanded': {
      const { clientId, erasureId, approvedAt } = event.data;
      return {
        type: consentMessages.erasureApproved.type,
        subject: clientId,
        data: consentMessages.erasureApproved.parse({ clientId, erasureId, approvedAt }),
      };
    }
    case 'ClientsLinked':
    case 'ErasureRequested':
    case 'ErasureRequestWithdrawn':
    case 'ErasureDeclined':
    case 'ErasureRequestLapsed':
    case 'OverrideRequested':
    case 'OverrideApproved':
    case 'OverrideDeclined':
    case 'OverrideRevoked':
    case 'InformingOfOverrideDelayed':
    case 'ClientInformedOfOverride':
    case 'OverrideEndedByClient':
    case 'OverrideExpired':
    case 'LegalHoldPlaced':
    case 'LegalHoldLifted':
    case 'ReporterErasureAdmitted':
    case 'ContextErased':
    case 'ErasureCompleted':
    case 'ConsentRefused':
    case 'ConsentExpired':
    case 'DisclosureRecorded':
    case 'DisclosureRefused':
      return undefined;
  }
}
