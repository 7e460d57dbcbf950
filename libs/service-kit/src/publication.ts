import type { MessageContract } from '@waymark/contracts';
import { payloadsOf, type Translation } from '@waymark/messaging';

/** A message that its service has not declared for this topic: an event as it stands in the log, for one. */
export class UndeclaredMessage extends Error {
  override readonly name = 'UndeclaredMessage';
}

/**
 * The last look at what leaves a service: only messages that it declares, on the topic they belong to, with data that keep the
 * contract to the letter. Throws `UndeclaredMessage` or `BrokenContract`; nothing of the event is published then, nor what follows.
 */
export function checkPublication(
  translation: Translation,
  topic: string,
  declared: readonly MessageContract[],
): Translation {
  for (const { type, data, withdrawn } of payloadsOf(translation)) {
    // Leaves without its name and its content.
    if (withdrawn) continue;
    const contract = declared.find((each) => each.type === type && each.topic === topic);
    if (!contract) throw new UndeclaredMessage(`${type} is not declared for ${topic}`);
    contract.parse(data);
  }
  return translation;
}
