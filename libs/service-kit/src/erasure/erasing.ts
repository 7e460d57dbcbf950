import { consentMessages } from '@waymark/contracts';
import type { EventStore } from '@waymark/event-store';
import type { Translation } from '@waymark/messaging';
import type { KeyRing } from '@waymark/privacy';
import { dropUndeclared, dropUnfollowed, type OpenedEvent, type Projection } from '@waymark/projections';
import { messageCall } from '../call.js';
import { type Consumption, reactingTo } from '../consumption.js';
import type { Doors } from '../doors.js';
import type { DueWork } from '../due-work.js';
import type { Log } from '../log.js';
import type { Platform, ServiceDefinition } from '../service-definition.js';
import type { Erasure } from './erasure.js';
import { erasedSubjects, erasureOf, noteErasure, type SubjectErased } from './erasure-register.js';
import { finishLater, type UnfinishedErasure } from './unfinished-erasures.js';

const day = 86_400_000;

/**
 * Obeys `consent.erasure-approved.v1`: first the key, then what stands in the clear, then the note in the log, from which the
 * answer is published. A crash between any two of them is mended by the message, which comes again. What cannot be done after the
 * key is gone, as while a view still tells of the person, waits, and no other message with it: `forgettingLater`.
 */
function erasesWhenApproved<Own extends object>(forgetting: Forgetting<Own>): Consumption {
  const { name, platform } = forgetting;
  const { keyRing, settings, dataSource, clock, log } = platform;
  return reactingTo(consentMessages.erasureApproved, async (message, doors) => {
    const { clientId: personId, erasureId } = message.data;
    const call = messageCall(name, message);
    const { madeAt, destroyedAt } = await keyRing.destroy(personId);
    const erased: SubjectErased = {
      subjectId: personId,
      erasureId,
      ...(madeAt ? { keyMadeAt: madeAt.toISOString() } : {}),
      destroyedAt: destroyedAt.toISOString(),
      backupsExpireAt: new Date(destroyedAt.getTime() + settings.KEY_BACKUP_DAYS * day).toISOString(),
    };
    try {
      await forget(forgetting, { erased, call }, doors);
    } catch (error) {
      log.warn({ erasureId, err: error }, 'an erasure cannot be finished yet, to be tried again');
      await finishLater(dataSource, { erased, call, dueAt: clock.now() });
    }
  });
}

/** Finishes, each a second later or whenever they can be, the erasures that could not be finished at once. */
const forgettingLater = <Own extends object>(
  forgetting: Forgetting<Own>,
  doors: Doors,
): DueWork<UnfinishedErasure> => ({
  ...{ name: 'unfinished-erasures', table: 'unfinished_erasures', key: ['erasure_id'] },
  perform: (unfinished) => forget(forgetting, unfinished, doors, onceMoreMs),
});

interface Forgetting<Own extends object> {
  readonly name: string;
  readonly erasure: Erasure;
  readonly platform: Platform<Own>;
  readonly projections: readonly Projection[];
}

/** All that an erasure is once the key is gone. May be repeated. */
async function forget<Own extends object>(
  { name, erasure, platform, projections }: Forgetting<Own>,
  { erased, call }: UnfinishedErasure,
  doors: Doors,
  patienceMs?: number,
): Promise<void> {
  const { subjectId: personId, erasureId } = erased;
  await erasure.clear?.({ personId, erasureId }, call, doors);
  const telling = await tellingStill(platform, projections, patienceMs);
  if (telling !== undefined) throw new Error(`${telling} does not show yet what was erased`);
  await noteErasure(name, platform.store, erased, call);
}

const onceMoreMs = 1_000;

/**
 * A generation that is kept to go back to, or was left behind by another release, follows no events: it would go on telling what the
 * live one has forgotten, and is dropped. The view, if any, of which the live one itself does not show yet what was erased.
 */
async function tellingStill(
  { dataSource, store }: Pick<Platform, 'dataSource' | 'store'>,
  projections: readonly Projection[],
  patienceMs?: number,
): Promise<string | undefined> {
  for (const projection of projections)
    if (!(await dropUnfollowed({ dataSource, store, projection, ...(patienceMs === undefined ? {} : { patienceMs }) })))
      return projection.name;
  // Not known here, so that whoever may fold one, such as a newer release, always has all the time.
  const settled = await dropUndeclared({ dataSource, store, projections });
  return settled ? undefined : 'a view of another release';
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
  const { name, erasure, consumes = [], publish, dueWork } = definition;
  if (!erasure) return definition;
  const forgetting = { name, erasure, platform, projections };
  return {
    ...definition,
    consumes: [...consumes, erasesWhenApproved(forgetting)],
    dueWork: (doors) => [...(dueWork?.(doors) ?? []), forgettingLater(forgetting, doors)],
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
