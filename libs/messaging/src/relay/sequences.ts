/** Where they are noted: the leader's place. */
interface Noted {
  sequences(subjects: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

const mostRemembered = 50_000;

/**
 * The last sequence of each subject, as the leader has counted it. Nobody else counts while it leads, so what it has counted once
 * it need not ask for again.
 */
export class Sequences {
  private readonly last = new Map<string, number>();

  constructor(private readonly noted: Noted) {}

  /** Asks for those that are not known yet. What is counted after this and not noted yet may not be asked for again. */
  async learn(subjects: Iterable<string>): Promise<void> {
    const unknown = [...new Set(subjects)].filter((subject) => !this.last.has(subject));
    const found = await this.noted.sequences(unknown);
    for (const subject of unknown) this.last.set(subject, found.get(subject) ?? 0);
  }

  next(subject: string): number {
    const sequence = (this.last.get(subject) ?? 0) + 1;
    this.last.set(subject, sequence);
    return sequence;
  }

  /** The last sequence of each subject of these messages, in their order. */
  reachedBy(messages: readonly { readonly subject: string }[]): ReadonlyMap<string, number> {
    return new Map(messages.map(({ subject }) => [subject, this.last.get(subject) ?? 0]));
  }

  /** Whether it is time to forget, which is safe only once everything counted is noted in the database. */
  get isFull(): boolean {
    return this.last.size > mostRemembered;
  }

  forget(): void {
    this.last.clear();
  }
}
