/** What a caller knows of a command: told that it is done, told that it is not, or left without an answer. */
export type Fate = 'acknowledged' | 'refused' | 'unknown';

/** One command with all its retries, as its caller remembers it. */
export interface CommandAccount {
  /** The correlation id that every attempt carried: it stands in the metadata of what the command wrote. */
  readonly mark: string;
  readonly what: string;
  /** Category of the streams it writes to itself. */
  readonly category: string;
  /** Types of the events that it writes there, each once. */
  readonly expects: readonly string[];
  readonly fate: Fate;
  /** The last status that came back; 0 when none did. */
  readonly status: number;
  /** `Waymark-Position` and the revision of the `ETag`, where the answer had them. */
  readonly position?: string;
  readonly revision?: number;
}

export interface ReceiptAccount {
  readonly receipt: string;
  readonly concernId: string;
}

/** What the callers of a run know, kept apart from the platform. */
export interface Account {
  readonly commands: readonly CommandAccount[];
  readonly receipts: readonly ReceiptAccount[];
}
