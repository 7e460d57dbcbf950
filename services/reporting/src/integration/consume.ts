import { factsTopic, intakeMessages } from '@waymark/contracts';
import { messageCall, type ServiceDefinition } from '@waymark/service-kit';
import { ReceiveFact } from '../fact/features/receive-fact.js';

/** Facts are kept as events of our own, so that every table can be rebuilt without asking anybody. */
export const consume: ServiceDefinition['consume'] = {
  topics: [factsTopic],
  reactions: ({ commands }) => ({
    [intakeMessages.contactCounted.type]: async (message) => {
      const fact = intakeMessages.contactCounted.parse(message.data);
      await commands.execute(new ReceiveFact(fact, messageCall('reporting', message)));
    },
  }),
};
