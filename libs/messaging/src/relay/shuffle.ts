import { randomInt } from 'node:crypto';

/** In an order that nobody can guess, but those of one subject as they were: their numbers have to follow each other. */
export function shuffled<Message extends { readonly subject: string }>(
  messages: readonly Message[],
): readonly Message[] {
  const drawn = [...messages];
  for (let last = drawn.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [drawn[last], drawn[other]] = [drawn[other] as Message, drawn[last] as Message];
  }
  // Each place that a subject drew gets the next of its messages.
  const waiting = new Map<string, Message[]>();
  for (const message of messages.toReversed()) {
    const known = waiting.get(message.subject);
    if (known) known.push(message);
    else waiting.set(message.subject, [message]);
  }
  return drawn.map((message) => waiting.get(message.subject)?.pop() ?? message);
}
