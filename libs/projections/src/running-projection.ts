export interface ProjectionStatus {
  readonly name: string;
  readonly position: bigint;
  /** Absent once it has shown everything that was in the log when it was started. */
  readonly catchingUp?: true;
  readonly stoppedBecause?: string;
  /** It has stopped at an event, which it cannot open or apply, and not because something could not be reached. */
  readonly stoppedAtEvent?: true;
  /** How long ago it last showed everything there was; 0 when it does. */
  readonly lagSeconds: number;
}

export interface RunningProjection {
  readonly name: string;
  readonly categories: readonly string[];
  /** Resolves once queries find its tables: its own, or those of the version before while its own are being built. */
  readonly serving: Promise<void>;
  /** Resolves true once everything up to `position` is visible in the read model, false when the time is over. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>;
  status(): ProjectionStatus;
  /** As `lagSeconds`; looks into the log itself, so that it also tells of what no page has come of. */
  lag(): Promise<number>;
  stop(): Promise<void>;
}
