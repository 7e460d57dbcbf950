import { Type } from '@sinclair/typebox';
import { channels, code, id, month, responseBands } from '@waymark/contracts';
import { declareEvents, type EventOf } from '@waymark/event-sourcing';

/** How a contact was answered. Its pseudonym is another than that of the contact that was counted. */
export const responseFactEvents = declareEvents({
  ResponseAwaited: {
    version: 1,
    data: { factId: id, month, channel: code(channels), measurable: Type.Boolean() },
    sealed: {},
  },
  ResponseCounted: { version: 1, data: { factId: id, band: Type.Optional(code(responseBands)) }, sealed: {} },
});

export type ResponseFactEvent = EventOf<typeof responseFactEvents>;
