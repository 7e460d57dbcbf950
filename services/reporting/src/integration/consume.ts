import { intakeMessages } from '@waymark/contracts';
import { messageCall, reactingTo } from '@waymark/service-kit';
import { ReceiveFact } from '../fact/features/receive-fact.js';

/** Facts are kept as events of our own, so that every table can be rebuilt without asking anybody. */
export const consumes = [
  reactingTo(intakeMessages.contactCounted, async (message, { commands }) => {
    await commands.execute(new ReceiveFact(message.data, messageCall('reporting', message)));
  }),
];
