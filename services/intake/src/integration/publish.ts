import { intakeMessages } from '@waymark/contracts';
import type { Translation } from '@waymark/messaging';
import { deriveSecret } from '@waymark/privacy';
import { derivedId } from '@waymark/messaging';
import type { OpenedEvent } from '@waymark/projections';
import type { Platform } from '@waymark/service-kit';
import type { ConcernEvent } from '../concern/domain/concern.events.js';

/** What the other services learn from intake's events. */
export function publish(recorded: OpenedEvent, { secrets }: Platform): Translation | undefined {
  const concernId = recorded.stream.slice('concern-'.length);
  const event = { type: recorded.type, data: recorded.data } as ConcernEvent;
  switch (event.type) {
    case 'ConcernAccepted':
      return {
        type: intakeMessages.concernAccepted.type,
        subject: concernId,
        data: intakeMessages.concernAccepted.parse({
          concernId,
          ...event.data,
          acceptedAt: recorded.metadata.occurredAt,
        }),
      };
    case 'ConcernSubmitted':
      return contactCounted(concernId, event.data, secrets.of('fact-pseudonym'));
    default:
      return undefined;
  }
}

/** Month, country or subdivision and codes only, under a pseudonym that needs intake's secret to be joined back. */
function contactCounted(
  concernId: string,
  data: Extract<ConcernEvent, { type: 'ConcernSubmitted' }>['data'],
  secret: Buffer,
): Translation | undefined {
  if (data.contact.precision === 'unknown') return undefined;
  const factId = derivedId(deriveSecret({ secret, label: 'fact', input: concernId }).toString('hex'));
  const month = data.contact.at.slice(0, 7);
  return {
    type: intakeMessages.contactCounted.type,
    subject: factId,
    unlinked: true,
    time: `${month}-01T00:00:00.000Z`,
    data: intakeMessages.contactCounted.parse({
      factId,
      month,
      channel: data.channel,
      ...(data.place?.country ? { country: data.place.country } : {}),
      ...(data.place?.subdivision ? { subdivision: data.place.subdivision } : {}),
      matters: [...(data.matter ?? [])],
      behaviours: [...(data.behaviour ?? [])],
    }),
  };
}
