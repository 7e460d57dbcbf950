import { isUnavailable, unavailable } from './errors.js';

/** A server that says nothing for so long is not there. The client limits appends itself, to the same. */
const silence = 10_000;

/** What the client's reads have in common. */
interface Read<Item> extends AsyncIterable<Item> {
  on(event: 'error', listener: () => void): unknown;
  removeAllListeners(event: 'readable'): { resume(): unknown };
  iterator(options: { readonly destroyOnReturn: boolean }): AsyncIterable<Item>;
  cancel(): Promise<void>;
}

/**
 * Goes through what a read gives. Rejects when `signal` aborts (what was read so far is not all there is) and when the server is
 * silent for too long. Ends the call in any case. A cancelled read neither ends nor fails by itself, and what has arrived must still flow off: the client
 * remembers a call until its last message was taken, and waits for it when it is closed.
 */
export async function* drain<Item>(read: Read<Item>, signal: AbortSignal): AsyncGenerator<Item, void, undefined> {
  // An error that arrives when the reader has left already would end the process.
  read.on('error', () => undefined);
  const items = read.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  let ended = false;
  try {
    for (;;) {
      const next = await within(items.next(), signal);
      ended = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    ended = !isUnavailable(error);
    throw error;
  } finally {
    // Not for nothing: servers close connections on which many calls are cancelled.
    if (!ended) cancel(read);
  }
}

function cancel(read: Pick<Read<unknown>, 'cancel' | 'removeAllListeners'>): void {
  const flowOff = (): void => void read.removeAllListeners('readable').resume();
  read.cancel().then(flowOff, flowOff);
}

async function within<Answer>(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  let stop = (): void => undefined;
  const stopped = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => reject(unavailable('the server gives no answer')), silence);
    const abort = (): void => reject(unavailable('the call was ended'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    stop = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
  });
  answer.catch(() => undefined);
  try {
    return await Promise.race([stopped, answer]);
  } finally {
    stop();
  }
}
