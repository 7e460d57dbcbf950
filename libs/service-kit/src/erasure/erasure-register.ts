import { Type } from '@sinclair/typebox';
import { id, instant } from '@waymark/contracts';
import { declareEvents, type EventOf, readAsCurrent, versionToWrite } from '@waymark/event-sourcing';
import type { EventStore } from '@waymark/event-store';
import { derivedId } from '@waymark/messaging';
import type { ErasedSubject } from '@waymark/privacy';
import type { Call } from '../aggregate.js';

/** What a service notes in the log about each person whose key it has destroyed: `<service>_erasure-<person>`. */
export const erasureEvents = declareEvents({
  SubjectErased: {
    version: 1,
    data: {
      subjectId: id,
      erasureId: id,
      /** Absent when there was no key. */
      keyMadeAt: Type.Optional(instant),
      destroyedAt: instant,
      backupsExpireAt: instant,
    },
    sealed: {},
  },
});

export type SubjectErased = EventOf<typeof erasureEvents>['data'];

/** The category in which a service keeps whom it has erased. The list outlives every backup of the keys. */
export const erasureOf = (service: string): string => `${service}_erasure`;

/** Once for each call: a service that is asked again answers again, and the first note says when the key was destroyed. */
export async function noteErasure(
  service: string,
  store: EventStore,
  erased: SubjectErased,
  call: Call,
): Promise<void> {
  await store.append(`${erasureOf(service)}-${erased.subjectId}`, 'any', [
    {
      id: derivedId('subject erased', service, erased.erasureId, call.commandId),
      type: 'SubjectErased',
      schemaVersion: versionToWrite(erasureEvents, 'SubjectErased', erased),
      data: erased,
      metadata: {
        actor: { kind: call.actor.kind, id: call.actor.id },
        correlationId: call.correlationId,
        causationId: call.commandId,
        occurredAt: erased.destroyedAt,
      },
    },
  ]);
}

/** Everybody whom the service has erased, and when their key was first destroyed, as the log tells. */
export async function erasedSubjects(service: string, store: EventStore): Promise<readonly ErasedSubject[]> {
  const category = erasureOf(service);
  const erased = new Map<string, ErasedSubject>();
  for (let after = 0n; ;) {
    const { events, position } = await store.readAll({ after, categories: [category], limit: 1_000 });
    for (const { stream, type, schemaVersion, data } of events) {
      const noted = readAsCurrent(erasureEvents, type, schemaVersion, { data, erased: [] }).data as SubjectErased;
      const subjectId = stream.slice(category.length + 1);
      if (!erased.has(subjectId)) erased.set(subjectId, { subjectId, destroyedAt: new Date(noted.destroyedAt) });
    }
    if (position === after) return [...erased.values()];
    after = position;
  }
}
