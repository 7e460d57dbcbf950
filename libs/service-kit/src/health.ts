export type PartCheck = () => Promise<void>;

/** Whether the parts a service stands on can be reached. */
export class Health {
  constructor(private readonly parts: Readonly<Record<string, PartCheck>>) {}

  /** `ok` or why not, for each part; never waits longer than three seconds. */
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
    return await Promise.race([check().then(() => 'ok'), late]);
  } catch (error) {
    return error instanceof NotReady ? error.message : 'cannot be reached';
  } finally {
    clearTimeout(timer);
  }
}

/** A part that answers but is not fit for work; the message may be shown. */
export class NotReady extends Error {}
