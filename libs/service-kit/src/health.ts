/** Rejects when the part is not fit for work. A text is a note for operators about one that is. */
export type PartCheck = () => Promise<string | undefined | void>;

/** Whether a part may be worked with, from what `check` says of it. */
export const isFit = (state: string): boolean => state === 'ok' || state.startsWith('ok, but ');

/** Whether the parts a service stands on can be reached. */
export class Health {
  constructor(private readonly parts: Readonly<Record<string, PartCheck>>) {}

  /** `ok`, `ok, but …`, or why not, for each part; never waits longer than three seconds. */
  async check(): Promise<Record<string, string>> {
    const entries = Object.entries(this.parts).map(async ([name, check]) => [name, await outcome(check)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }
}

async function outcome(check: PartCheck): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('does not answer'), 3000);
  });
  try {
    return await Promise.race([check().then((note) => (note ? `ok, but ${note}` : 'ok')), late]);
  } catch (error) {
    return error instanceof NotReady ? error.message : 'cannot be reached';
  } finally {
    clearTimeout(timer);
  }
}

/** A part that answers but is not fit for work; the message may be shown. */
export class NotReady extends Error {}
