import type { EventStore, RecordedEvent } from '@waymark/event-store';
import type { Parted, Waiting } from './hidden.js';
import type { RelayOptions } from './relay-options.js';
import { payloadsIn, type Said } from './said.js';
import { waitingIn, type Window } from './window.js';

type Translating = Pick<RelayOptions, 'store' | 'translate' | 'window'>;

/** Where a message lies: its event, and its place among those that the event says. */
export interface Spot {
  readonly stream: string;
  readonly revision: number;
  readonly place: number;
}

/** A message that did not go with the window in which it lies. */
export interface HeldBack extends Spot {
  readonly position: bigint;
  /** The end of the window in which it lies, */
  readonly heldBy: bigint;
  /** and of the one with which it went; undefined when it is still held back. */
  readonly wentWith: bigint | undefined;
  readonly bare: boolean;
}

export const spotOf = ({ stream, revision, place }: Spot): string => `${stream} ${revision} ${place}`;

/** What is to be noted of a window before anything of it goes: who stays behind, and who has stayed until now. */
export function toNote(
  { whole, bare, held }: Parted,
  earlier: readonly HeldBack[],
): readonly (Spot & { readonly position: bigint; readonly goes: boolean; readonly bare: boolean })[] {
  const known = new Set(earlier.map(spotOf));
  const row = ({ stream, revision, place, position }: Waiting) => ({ stream, revision, place, position });
  return [
    ...held.filter((one) => !known.has(spotOf(one))).map((one) => ({ ...row(one), goes: false, bare: false })),
    ...bare.map((one) => ({ ...row(one), goes: true, bare: true })),
    ...whole.filter((one) => known.has(spotOf(one))).map((one) => ({ ...row(one), goes: true, bare: false })),
  ];
}

async function eventAt(store: EventStore, { stream, revision }: Spot): Promise<RecordedEvent> {
  for await (const event of store.readStream(stream, { from: revision, limit: 1 })) return event;
  throw new Error(`no event ${revision} in ${stream}, of which a message is held back`);
}

/** Those that are held back, as they wait. */
export async function waitingAt(held: readonly HeldBack[], options: Translating): Promise<readonly Waiting[]> {
  const found: Waiting[] = [];
  for (const spot of held) {
    const said = await waitingIn(await eventAt(options.store, spot), options);
    const one = said[spot.place]?.waiting;
    if (one) found.push(one);
  }
  return found;
}

/** What goes with a window, as it was noted: what was held back before it, then what lies in it, each as it lies in the log. */
export async function goingWith(
  window: Window,
  noted: readonly HeldBack[],
  options: Translating,
): Promise<readonly Said[]> {
  const stays = new Set(noted.filter(({ heldBy }) => heldBy === window.position).map(spotOf));
  const goes = noted.filter(({ wentWith }) => wentWith === window.position).toSorted(byPlace);
  const said: Said[] = [];
  for (const spot of goes) {
    const event = await eventAt(options.store, spot);
    const payload = (await payloadsIn(event, options))[spot.place];
    const bare = spot.bare && payload && options.window?.hiding?.of(payload)?.bare;
    if (payload) said.push({ event, payload: bare ? { ...payload, data: bare } : payload });
  }
  for (const event of window.events)
    for (const [place, payload] of (await payloadsIn(event, options)).entries())
      if (!stays.has(spotOf({ ...event, place }))) said.push({ event, payload });
  return said;
}

const byPlace = (one: HeldBack, other: HeldBack): number =>
  one.position === other.position ? one.place - other.place : one.position < other.position ? -1 : 1;
