import { intakeMessages } from '@waymark/contracts';
import { deriveSecret } from '@waymark/privacy';
import { derivedId, type Translation } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import type { Platform } from '@waymark/service-kit';
import type { ConcernEvent } from '../concern/domain/concern.events.js';

type Submitted = Extract<ConcernEvent, { type: 'ConcernSubmitted' }>['data'];

/** Told when a person was erased here. */
export const erasureAnswer = intakeMessages.subjectErased;

export const publishes = [intakeMessages.concernAccepted, intakeMessages.contactCounted];

/** What the other services learn from intake's events. */
export function publish(recorded: OpenedEvent): Translation | undefined {
  const concernId = recorded.stream.slice('concern-'.length);
  const event = { type: recorded.type, data: recorded.data } as ConcernEvent;
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

/** Month, country or subdivision and codes only, under a pseudonym that needs intake's secret to be joined back. */
export function publishFacts(recorded: OpenedEvent, { secrets }: Platform): Translation | undefined {
  const event = { type: recorded.type, data: recorded.data } as ConcernEvent;
  if (event.type !== 'ConcernSubmitted' || event.data.contact.precision === 'unknown') return undefined;
  const concernId = recorded.stream.slice('concern-'.length);
  const secret = secrets.of('fact-pseudonym');
  const factId = derivedId(deriveSecret({ secret, label: 'fact', input: concernId }).toString('hex'));
  return { ...contactCounted(factId, event.data), subject: factId, unlinked: true };
}

function contactCounted(factId: string, { contact, channel, place, matter, behaviour }: Submitted) {
  const month = contact.at.slice(0, 7);
  return {
    type: intakeMessages.contactCounted.type,
    time: `${month}-01T00:00:00.000Z`,
    data: intakeMessages.contactCounted.parse({
      factId,
      month,
      channel,
      ...(place?.country ? { country: place.country } : {}),
      ...(place?.subdivision ? { subdivision: place.subdivision } : {}),
      // Erased fields are absent: the fact was counted before, and a refill counts what is left.
      matters: [...(matter ?? [])],
      behaviours: [...(behaviour ?? [])],
    }),
  };
}
