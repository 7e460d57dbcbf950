import { intakeMessages, type ResponseBand } from '@waymark/contracts';
import type { Translation } from '@waymark/messaging';
import type { FieldsOf, OpenedEvent } from '@waymark/projections';
import { factPseudonym, type Platform } from '@waymark/service-kit';
import type { ConcernEvent } from '../concern/domain/concern.events.js';

type DataOfEvent<Type extends ConcernEvent['type']> = Extract<ConcernEvent, { type: Type }>['data'];

/** Told when a person was erased here. */
export const erasureAnswer = intakeMessages.subjectErased;

export const publishes = [
  intakeMessages.concernAccepted,
  intakeMessages.caseRequested,
  intakeMessages.concernLinked,
  intakeMessages.linkRequested,
  intakeMessages.reporterErasureRequested,
  intakeMessages.retentionEnded,
  intakeMessages.retentionResumed,
  intakeMessages.contactCounted,
  intakeMessages.responseAwaited,
  intakeMessages.responseGiven,
];

/** What the other services learn from intake's events. */
export function publish(recorded: OpenedEvent): Translation | undefined {
  const concernId = recorded.stream.slice('concern-'.length);
  const event = { type: recorded.type, data: recorded.data } as ConcernEvent;
  if (event.type === 'CaseRequested')
    return {
      type: intakeMessages.caseRequested.type,
      subject: concernId,
      data: intakeMessages.caseRequested.parse({ concernId, ...event.data }),
    };
  if (event.type === 'ConcernLinkedToClient') {
    const { linkId, clientId, earlierClientId } = event.data;
    return {
      type: intakeMessages.concernLinked.type,
      subject: concernId,
      data: intakeMessages.concernLinked.parse({ concernId, linkId, clientId, earlierClientId }),
    };
  }
  if (event.type === 'ClientLinkRequested')
    return {
      type: intakeMessages.linkRequested.type,
      subject: concernId,
      data: intakeMessages.linkRequested.parse({ concernId, ...event.data }),
    };
  if (event.type === 'ReporterErasureRequested') {
    const { clientId, reporterId, way, requestedBy, shutOut } = event.data;
    const asked = { clientId, reporterId, way, requestedBy, ...(shutOut ? { shutOut } : {}) };
    return {
      type: intakeMessages.reporterErasureRequested.type,
      subject: concernId,
      data: intakeMessages.reporterErasureRequested.parse({ concernId, ...asked }),
    };
  }
  if (event.type === 'RetentionEnded') {
    const { clientId, reporterId, of, shutOut } = event.data;
    const ended = { clientId, reporterId, of, ...(shutOut ? { shutOut } : {}) };
    return {
      type: intakeMessages.retentionEnded.type,
      subject: concernId,
      data: intakeMessages.retentionEnded.parse({ concernId, ...ended }),
    };
  }
  if (event.type === 'RetentionResumed')
    return {
      type: intakeMessages.retentionResumed.type,
      subject: concernId,
      data: intakeMessages.retentionResumed.parse({ concernId, ...event.data }),
    };
  if (event.type !== 'ConcernAccepted') return undefined;
  return {
    type: intakeMessages.concernAccepted.type,
    subject: concernId,
    data: intakeMessages.concernAccepted.parse({
      concernId,
      ...event.data,
      acceptedAt: recorded.metadata.occurredAt,
    }),
  };
}

/** Where and about what: they hide among others of which the log tells the same (ADR 40). */
export const factsOpen = { ConcernSubmitted: ['place', 'matter', 'behaviour'] } satisfies FieldsOf<ConcernEvent>;

/** Months, country or subdivision and codes only, under pseudonyms that need intake's secret to be joined back, or to each other. */
export function publishFacts(recorded: OpenedEvent, { secrets }: Pick<Platform, 'secrets'>): Translation | undefined {
  const concernId = recorded.stream.slice('concern-'.length);
  const event = { type: recorded.type, data: recorded.data } as ConcernEvent;
  const responseFact = (): string => factPseudonym(secrets, 'response', concernId);
  if (event.type === 'ConcernSubmitted' && event.data.contact.precision !== 'unknown')
    return [
      ...contactCounted(factPseudonym(secrets, 'fact', concernId), event.data),
      responseAwaited(responseFact(), event.data),
    ];
  return event.type === 'FirstResponseGiven' ? responseGiven(responseFact(), event.data) : undefined;
}

const firstOf = (month: string): string => `${month}-01T00:00:00.000Z`;

function contactCounted(factId: string, { contact, place, matter, behaviour }: DataOfEvent<'ConcernSubmitted'>) {
  const month = contact.at.slice(0, 7);
  const fact = { subject: factId, unlinked: true, time: firstOf(month) };
  return [
    // Keeps its number for when everything is published again: it was told with its channel before (ADR 40).
    { ...fact, type: intakeMessages.contactCountedFirst.type, withdrawn: true, data: {} },
    {
      ...fact,
      type: intakeMessages.contactCounted.type,
      data: intakeMessages.contactCounted.parse({
        factId,
        month,
        ...(place?.country ? { country: place.country } : {}),
        ...(place?.subdivision ? { subdivision: place.subdivision } : {}),
        // Erased fields are absent: the fact was counted before, and a refill counts what is left.
        matters: [...(matter ?? [])],
        behaviours: [...(behaviour ?? [])],
      }),
    },
  ];
}

function responseAwaited(factId: string, { contact, channel }: DataOfEvent<'ConcernSubmitted'>) {
  const month = contact.at.slice(0, 7);
  const measurable = contact.precision === 'minute';
  return {
    type: intakeMessages.responseAwaited.type,
    subject: factId,
    unlinked: true,
    time: firstOf(month),
    data: intakeMessages.responseAwaited.parse({ factId, month, channel, measurable }),
  };
}

function responseGiven(factId: string, { response, hoursTaken }: DataOfEvent<'FirstResponseGiven'>) {
  return {
    type: intakeMessages.responseGiven.type,
    subject: factId,
    unlinked: true,
    time: firstOf(response.at.slice(0, 7)),
    data: intakeMessages.responseGiven.parse({
      factId,
      ...(hoursTaken === undefined ? {} : { band: bandOf(hoursTaken) }),
    }),
  };
}

function bandOf(hours: number): ResponseBand {
  if (hours <= 1) return 'within_1_hour';
  if (hours <= 4) return 'within_4_hours';
  if (hours <= 24) return 'within_24_hours';
  return hours <= 72 ? 'within_72_hours' : 'after_72_hours';
}
