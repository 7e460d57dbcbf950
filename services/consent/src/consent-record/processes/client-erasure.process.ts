import type { ProcessDeclaration } from '@waymark/service-kit';
import type { ConsentEvent } from '../domain/consent-record.events.js';
import { EraseLinked } from '../features/erase-linked.js';

/** The approval of an erasure reaches every id of the person. The approval itself has tried; this does not leave it half done. */
export const clientErasure: ProcessDeclaration = {
  service: 'consent',
  name: 'client-erasure',
  version: 1,
  startedBy: {
    category: 'consent',
    type: 'ErasureApproved',
    about: ({ data }) => (data as Extract<ConsentEvent, { type: 'ErasureApproved' }>['data']).erasureId,
  },
  steps: [
    {
      name: 'erase_linked',
      withinMinutes: 5,
      take: async ({ stream, doors, call }) => {
        await doors.commands.execute(new EraseLinked(stream.slice('consent-'.length), call));
        return [];
      },
    },
  ],
};
