import type { DataOf, MessageContract } from '@waymark/contracts';
import type { HandlerContext, Message, MessageHandler, MessageReaction, ReactionContext } from '@waymark/messaging';
import type { Doors } from './doors.js';

/** A message that a service takes in, and what it then does. Made by `handling` or `reactingTo`. */
export interface Consumption {
  readonly contract: MessageContract;
  readonly effect:
    | { readonly kind: 'rows'; readonly handler: MessageHandler }
    | { readonly kind: 'commands'; readonly reaction: (doors: Doors) => MessageReaction };
}

/**
 * Effects that are rows of the service's own database, through `context.manager`. `message.data` is read by the contract: unknown
 * fields are left out; data that break it throw `BrokenContract`, and the message becomes a dead letter.
 */
export function handling<Contract extends MessageContract>(
  contract: Contract,
  handle: (message: Message<DataOf<Contract>>, context: HandlerContext) => Promise<void>,
): Consumption {
  const handler: MessageHandler = async (message, context) =>
    handle({ ...message, data: contract.read(message.data) }, context);
  return { contract, effect: { kind: 'rows', handler } };
}

/** Effects that are commands: may be called again for the same message and must change nothing then. Data as in `handling`. */
export function reactingTo<Contract extends MessageContract>(
  contract: Contract,
  react: (message: Message<DataOf<Contract>>, doors: Doors, context: ReactionContext) => Promise<void>,
): Consumption {
  const reaction =
    (doors: Doors): MessageReaction =>
    async (message, context) =>
      react({ ...message, data: contract.read(message.data) }, doors, context);
  return { contract, effect: { kind: 'commands', reaction } };
}

/** The topics of these messages, each once. */
export const topicsOf = (consumptions: readonly Consumption[]): readonly string[] => [
  ...new Set(consumptions.map(({ contract }) => contract.topic)),
];

/** Handlers and reactions by message type. Throws for a message that is listed twice: only one of them would be heard. */
export function byType(consumptions: readonly Consumption[], doors: Doors) {
  const handlers: Record<string, MessageHandler> = {};
  const reactions: Record<string, MessageReaction> = {};
  for (const { contract, effect } of consumptions) {
    if (contract.type in handlers || contract.type in reactions) throw new Error(`${contract.type} is consumed twice`);
    switch (effect.kind) {
      case 'rows':
        handlers[contract.type] = effect.handler;
        break;
      case 'commands':
        reactions[contract.type] = effect.reaction(doors);
        break;
    }
  }
  return { handlers, reactions };
}
