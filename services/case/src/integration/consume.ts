import { intakeMessages } from '@waymark/contracts';
import { messageCall, reactingTo } from '@waymark/service-kit';
import { ConfirmOpening } from '../case/features/confirm-opening.js';
import { OpenCase } from '../case/features/open-case.js';

export const consumes = [
  reactingTo(intakeMessages.concernAccepted, async (message, { commands }) => {
    await commands.execute(new OpenCase(message.data, messageCall('case', message)));
  }),
  reactingTo(intakeMessages.caseRequested, async (message, { commands }) => {
    await commands.execute(new ConfirmOpening(message.data, messageCall('case', message)));
  }),
];
