import { type SealingContext, sealingContexts } from '@waymark/contracts';
import { derivedId } from '@waymark/messaging';
import type { ProcessDeclaration } from '@waymark/service-kit';
import type { ConsentEvent } from '../domain/consent-record.events.js';
import { patienceHours } from '../domain/erasure.decider.js';
import { DemandErasure } from '../features/demand-erasure.js';
import { EraseLinked } from '../features/erase-linked.js';

const clientOf = (stream: string): string => stream.slice('consent-'.length);

/** What the process waits for: that this context has destroyed its key. */
export const answerOf = (context: SealingContext, erasureId: string): string =>
  derivedId('context erased', context, erasureId);

/**
 * The approval of an erasure reaches every id of the person and every context. The approval itself has tried both; this does not leave it
 * half done: a context that has given the order up, or whose answer was, gets it again.
 */
export const clientErasure: ProcessDeclaration = {
  service: 'consent',
  name: 'client-erasure',
  version: 2,
  startedBy: {
    category: 'consent',
    types: ['ErasureApproved'],
    about: ({ data }) => (data as Extract<ConsentEvent, { type: 'ErasureApproved' }>['data']).erasureId,
  },
  steps: [
    {
      name: 'erase_linked',
      withinMinutes: 5,
      take: async ({ stream, doors, call }) => {
        await doors.commands.execute(new EraseLinked(clientOf(stream), call));
        return [];
      },
    },
    {
      name: 'contexts_erased',
      withinMinutes: patienceHours * 60,
      take: async ({ about: erasureId, stream, attempt, doors, call }) => {
        if (attempt > 1) await doors.commands.execute(new DemandErasure(clientOf(stream), erasureId, call));
        return sealingContexts.map((context) => answerOf(context, erasureId));
      },
    },
  ],
};
