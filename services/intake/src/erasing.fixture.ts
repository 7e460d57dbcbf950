import { randomUUID } from 'node:crypto';
import { consentMessages, topicOf } from '@waymark/contracts';
import type { RecordedEvent } from '@waymark/event-store';
import type { Message } from '@waymark/messaging';
import { buildView, digestOf, generationsOf, placeView, withBuildersLock } from '@waymark/projections';
import { openViews } from '@waymark/service-kit';
import type { Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { eventsOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

/** Who reported a concern, and about whom. */
export interface PersonsOfConcern {
  readonly clientId: string;
  readonly reporterId: string;
}

/** Speaks to intake of erasures as consent does. */
export function consentTo(stage: Stage) {
  const sequences = new Map<string, number>();
  const approved = (clientId: string, erasureId = randomUUID()): Message => {
    const sequence = (sequences.get(clientId) ?? 0) + 1;
    sequences.set(clientId, sequence);
    return {
      ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/consent', subject: clientId, sequence },
      ...{ type: consentMessages.erasureApproved.type, datacontenttype: 'application/json' },
      ...{ time: stage.clock.now(), correlationid: randomUUID(), causationid: randomUUID() },
      data: { clientId, erasureId, approvedAt: stage.clock.now() },
    };
  };
  const publish = (...messages: readonly Message[]) => stage.busOf('consent').publish(topicOf('consent'), messages);
  const noted = async (personId: string): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for await (const event of stage.log.readStream(`intake_erasure-${personId}`)) events.push(event);
    return events;
  };
  return {
    approved,
    publish,
    noted,
    /** Approves the erasure, and waits until intake has carried it out. */
    erase: async (personId: string): Promise<void> => {
      await publish(approved(personId));
      await eventually(async () => (await noted(personId)).length === 1);
    },
    personsOf: async (concernId: string): Promise<PersonsOfConcern> =>
      (await eventsOf(stage, concernId))[0]?.data as PersonsOfConcern,
  };
}

/** The view of the queue, with hands on its generations. */
export async function openQueue(stage: Stage) {
  const views = await openViews(intake, stage.environmentOf('intake'));
  const queue = views.projections.find(({ name }) => name === 'concern-queue');
  if (!queue) throw new Error('no queue');
  const following = views.build(queue);
  const generations = () => generationsOf(views.dataSource, queue.name);
  return {
    /** Folds it afresh; the one before is kept. */
    rebuild: () =>
      withBuildersLock(views.dataSource, queue, async () => {
        await buildView(following);
        await placeView({ ...following, patienceMs: 30_000, alsoOlder: false }, 'building');
      }),
    /** As if another process built or switched it meanwhile. */
    whileBuilt: (work: () => Promise<void>) => withBuildersLock(views.dataSource, queue, work),
    states: async () => (await generations()).map(({ state }) => state),
    /** Of the live one, and of the one before it. */
    digests: async () => {
      const all = await generations();
      return Promise.all(
        (['live', 'kept'] as const).map(async (wanted) => {
          const generation = all.find(({ state }) => state === wanted);
          return generation && digestOf(views.dataSource, generation, queue.notFolded);
        }),
      );
    },
    close: () => views.close(),
  };
}
