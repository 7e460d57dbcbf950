import { randomUUID } from 'node:crypto';
import { consentMessages, topicOf } from '@waymark/contracts';
import type { Stage } from '@waymark/stage';

/** Says, in the name of consent, that the erasure of a client of whom it has said nothing before is approved. */
export const sayErasureApproved = (stage: Stage, clientId: string): Promise<unknown> =>
  stage.busOf('consent').publish(topicOf('consent'), [
    {
      ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/consent', subject: clientId, sequence: 1 },
      ...{ type: consentMessages.erasureApproved.type, datacontenttype: 'application/json' },
      ...{ time: stage.clock.now(), correlationid: randomUUID(), causationid: randomUUID() },
      data: { clientId, erasureId: randomUUID(), approvedAt: stage.clock.now() },
    },
  ]);
