import { consentMessages } from '@waymark/contracts';
import type { EventStore } from '@waymark/event-store';
import { TemporaryFailure, type Translation } from '@waymark/messaging';
import type { KeyRing } from '@waymark/privacy';
import { type DropOptions, dropUnfollowed, type OpenedEvent, type Projection } from '@waymark/projections';
import { messageCall } from '../call.js';
import { type Consumption, reactingTo } from '../consumption.js';
import type { Log } from '../log.js';
import type { Platform, ServiceDefinition } from '../service-definition.js';
import type { Erasure } from './erasure.js';
import { erasedSubjects, erasureOf, noteErasure, type SubjectErased } from './erasure-register.js';

const day = 86_400_000;

/**
 * Obeys `consent.erasure-approved.v1`: first the key, then what stands in the clear, then the note in the log, from which the
 * answer is published. A crash between any two of them is mended by the message, which comes again.
 */
function erasesWhenApproved<Own extends object>(
  name: string,
  erasure: Erasure,
  { keyRing, store, settings, dataSource }: Platform<Own>,
  projections: readonly Projection[],
): Consumption {
  return reactingTo(consentMessages.erasureApproved, async (message, doors) => {
    const { clientId: personId, erasureId } = message.data;
    const call = messageCall(name, message);
    const { madeAt, destroyedAt } = await keyRing.destroy(personId);
    await erasure.clear?.({ personId, erasureId }, call, doors);
    for (const projection of projections) await forgetIn({ dataSource, store, projection });
    const erased: SubjectErased = {
      subjectId: personId,
      erasureId,
      ...(madeAt ? { keyMadeAt: madeAt.toISOString() } : {}),
      destroyedAt: destroyedAt.toISOString(),
      backupsExpireAt: new Date(destroyedAt.getTime() + settings.KEY_BACKUP_DAYS * day).toISOString(),
    };
    await noteErasure(name, store, erased, call);
  });
}

/**
 * A generation that is kept to go back to, or was left behind by another release, follows no events: it would go on telling what the
 * live one has forgotten. As long as readers see the person in the live one, the message waits.
 */
async function forgetIn(options: DropOptions): Promise<void> {
  if (!(await dropUnfollowed(options)))
    throw new TemporaryFailure(`${options.projection.name} does not show yet what was erased`);
}

/** Every message that a service says and hears, those of erasures included. */
export function messagesOf({
  name,
  title,
  publishes = [],
  consumes = [],
  erasure,
}: Pick<ServiceDefinition, 'name' | 'title' | 'publishes' | 'consumes' | 'erasure'>) {
  const heard = consumes.map(({ contract }) => contract);
  return {
    ...{ name, title },
    publishes: [...publishes, ...(erasure ? [erasure.answers] : [])],
    hears: [...heard, ...(erasure ? [consentMessages.erasureApproved] : [])],
  };
}

/** A definition completed by what its `erasure` means for messages, in and out. */
export function withErasure<Own extends object>(
  definition: ServiceDefinition<Own>,
  platform: Platform<Own>,
  projections: readonly Projection[],
): ServiceDefinition<Own> {
  const { name, erasure, consumes = [], publish } = definition;
  if (!erasure) return definition;
  return {
    ...definition,
    consumes: [...consumes, erasesWhenApproved(name, erasure, platform, projections)],
    publishes: messagesOf(definition).publishes,
    publish: (event) =>
      event.category === erasureOf(name) ? answerIn(name, erasure, event) : publish?.(event, platform),
  };
}

/** The answer, from the service's own note in the log. */
const answerIn = (service: string, { answers }: Erasure, { stream, data }: OpenedEvent): Translation => ({
  type: answers.type,
  subject: stream.slice(erasureOf(service).length + 1),
  data: answers.parse(data),
});

/**
 * Holds the keys against the log: those of erased persons that a restored database has brought back are destroyed again, before
 * anything is opened.
 */
export async function destroyErasedKeys(
  service: string,
  { store, keyRing, log }: { readonly store: EventStore; readonly keyRing: KeyRing; readonly log?: Log },
): Promise<void> {
  const back = await keyRing.destroyAgain(await erasedSubjects(service, store));
  if (back > 0) log?.error({ keys: back }, 'keys of erased persons had come back, and were destroyed again');
}
