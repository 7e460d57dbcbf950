import { intakeMessages, topicOf } from '@waymark/contracts';
import { messageCall, type ServiceDefinition } from '@waymark/service-kit';
import { OpenCase } from '../case/features/open-case.js';

export const consume: ServiceDefinition['consume'] = {
  topics: [topicOf('intake')],
  reactions: ({ commands }) => ({
    [intakeMessages.concernAccepted.type]: async (message) => {
      const concern = intakeMessages.concernAccepted.parse(message.data);
      await commands.execute(new OpenCase(concern, messageCall('case', message)));
    },
  }),
};
