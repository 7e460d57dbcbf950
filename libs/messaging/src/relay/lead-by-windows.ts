import { pause } from '../waiting.js';
import { goingWith, toNote, waitingAt } from './held-back.js';
import { parted } from './hidden.js';
import type { Leadership } from './leadership.js';
import type { RelayOptions, WindowOptions } from './relay-options.js';
import { CannotTranslate, messagesFor } from './said.js';
import { Sequences } from './sequences.js';
import { shuffled } from './shuffle.js';
import { Window } from './window.js';

/** Soon enough for a window to go when it is ripe, by a twentieth of what its messages wait at least. */
const lookEveryMs = ({ delayMs }: WindowOptions): number => Math.min(Math.max(delayMs / 20, 200), 5_000);

export interface WindowHooks {
  /** A window was sent and noted. */
  readonly onNoted: () => void;
  /** All of the log was gathered, or what lies before an event that cannot be translated. */
  readonly onGathered: (failed: CannotTranslate | undefined) => void;
}

/**
 * Publishes window by window, each shuffled. Where a window ends and who stays behind is noted before anything of it goes: when it is published again,
 * after a crash or for a topic that was lost, it holds the same messages, and comparing the two tells nothing more. Rejects with
 * `CannotTranslate` once the windows before the event that cannot be translated have gone.
 */
export async function leadByWindows(
  options: RelayOptions & { readonly window: WindowOptions },
  leadership: Leadership,
  signal: AbortSignal,
  hooks: WindowHooks,
): Promise<void> {
  let { position } = leadership;
  while (!signal.aborted) {
    const end = await leadership.windowEnd(position);
    const window = await nextWindow(position, end, options, leadership, signal, hooks);
    if (!window) return;
    if (end === undefined) await endWindow(window, options, leadership);
    await publishWindow(window, options, leadership);
    ({ position } = window);
    hooks.onNoted();
  }
}

/** Undefined when it was stopped before the window was ripe. */
async function nextWindow(
  position: bigint,
  end: bigint | undefined,
  options: RelayOptions & { readonly window: WindowOptions },
  leadership: Leadership,
  signal: AbortSignal,
  { onGathered }: WindowHooks,
): Promise<Window | undefined> {
  const window = new Window(position, options.store, options);
  if (end !== undefined) {
    await window.gather(end);
    return window;
  }
  while (!signal.aborted) {
    const failed = await window.gather().then(() => undefined, ifNotTranslated);
    onGathered(failed);
    if (window.isRipe(options.window, Date.now())) return window;
    if (window.isEmpty) leadership.passOver(window.position);
    if (window.isEmpty && failed) {
      await leadership.confirm();
      throw failed;
    }
    await pause(lookEveryMs(options.window), signal);
  }
  return undefined;
}

function ifNotTranslated(error: unknown): CannotTranslate {
  if (error instanceof CannotTranslate) return error;
  throw error;
}

async function endWindow(
  { waiting, position }: Window,
  options: RelayOptions & { readonly window: WindowOptions },
  leadership: Leadership,
): Promise<void> {
  const { crowd, hiding } = options.window;
  const earlier = await leadership.heldBack();
  const now = Date.now();
  const isOverdue = ({ recordedAt }: { readonly recordedAt: string }): boolean =>
    now - Date.parse(recordedAt) >= (hiding?.longestMs ?? 0);
  const everything = [...(await waitingAt(earlier, options)), ...waiting];
  await leadership.endWindow(position, toNote(parted(everything, crowd, isOverdue), earlier));
}

async function publishWindow(window: Window, options: RelayOptions, leadership: Leadership): Promise<void> {
  const { service, topic, bus } = options;
  const sequences = new Sequences(leadership);
  const said = await goingWith(window, await leadership.notedOf(window.position), options);
  const messages = await messagesFor(said, options, sequences);
  const drawn = shuffled(messages);
  await bus.publish(topic, drawn);
  // In the order that was drawn: rows lie in a table as they were written.
  await leadership.advance(window.position, sequences.reachedBy(drawn), messages.length);
  options.onMeasure?.('relay_messages_published', messages.length, { service });
}
