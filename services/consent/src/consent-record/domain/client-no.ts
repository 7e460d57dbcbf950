import type { DataCategory } from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import type { ConsentEvent } from './consent-record.events.js';
import { isAbout, type Scope, scopeOf } from './scope.js';

/** Something that the client has said no to, or no longer yes. */
export interface ClientNo extends Scope {
  readonly how: 'refused' | 'withdrawn';
  /** What of it they have not consented to since. */
  readonly standing: readonly DataCategory[];
}

/** A no stands until a consent for the same recipient and purpose names what was refused. `more`: what else is to be told of it. */
export function evolveNos<No extends ClientNo>(
  nos: readonly No[],
  event: ConsentEvent,
  more: (no: ClientNo) => No,
): readonly No[] {
  if (event.type === 'ConsentRefused' || event.type === 'ConsentWithdrawn') {
    const how = event.type === 'ConsentRefused' ? 'refused' : 'withdrawn';
    return [...nos, more({ ...scopeOf(event.data), how, standing: event.data.categories })];
  }
  if (event.type !== 'ConsentGiven') return nos;
  const { data: given } = event;
  return nos.map((no) =>
    isAbout(no, given)
      ? { ...no, standing: no.standing.filter((category) => !given.categories.includes(category)) }
      : no,
  );
}

/** Those that stand against any category of what is asked for. */
export const standingAgainst = <No extends ClientNo>(nos: readonly No[], asked: Scope): readonly No[] =>
  nos.filter((no) => isAbout(no, asked) && no.standing.some((category) => asked.categories.includes(category)));

export interface ToldNo extends ClientNo {
  readonly saidAt: Instant;
  /** Why, as the client put it. */
  readonly reason?: string;
}
