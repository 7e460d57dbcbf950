import { caseMessages, intakeMessages, referralMessages } from '@waymark/contracts';
import { messageCall, reactingTo } from '@waymark/service-kit';
import { KeepFact } from '../fact/features/keep-facts.js';
import { ReceiveFact } from '../fact/features/receive-fact.js';

/** Facts are kept as events of our own, so that every table can be rebuilt without asking anybody. */
export const consumes = [
  // Each fact is kept once, in whichever version it comes first; its channel, which the first told, is not.
  reactingTo(intakeMessages.contactCountedFirst, async (message, { commands }) => {
    const { channel: _untold, ...fact } = message.data;
    await commands.execute(new ReceiveFact(fact, messageCall('reporting', message)));
  }),
  reactingTo(intakeMessages.contactCounted, async (message, { commands }) => {
    await commands.execute(new ReceiveFact(message.data, messageCall('reporting', message)));
  }),
  reactingTo(intakeMessages.responseAwaited, async (message, { commands }) => {
    const fact = { type: 'ResponseAwaited', data: message.data } as const;
    await commands.execute(new KeepFact(fact, messageCall('reporting', message)));
  }),
  reactingTo(intakeMessages.responseGiven, async (message, { commands }) => {
    const fact = { type: 'ResponseCounted', data: message.data } as const;
    await commands.execute(new KeepFact(fact, messageCall('reporting', message)));
  }),
  reactingTo(referralMessages.referralCounted, async (message, { commands }) => {
    const fact = { type: 'ReferralCounted', data: message.data } as const;
    await commands.execute(new KeepFact(fact, messageCall('reporting', message)));
  }),
  reactingTo(referralMessages.resultCounted, async (message, { commands }) => {
    const fact = { type: 'ReferralResultCounted', data: message.data } as const;
    await commands.execute(new KeepFact(fact, messageCall('reporting', message)));
  }),
  reactingTo(caseMessages.stageCounted, async (message, { commands }) => {
    const fact = { type: 'CaseStageCounted', data: message.data } as const;
    await commands.execute(new KeepFact(fact, messageCall('reporting', message)));
  }),
];
