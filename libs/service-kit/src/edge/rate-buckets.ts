/** So many callers are told apart; beyond that those who have been silent longest are forgotten. */
const most = 50_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** A rate limit by token buckets: a minute's worth may come at once, and goes on at the rate. Counts in this process only. */
export class RateBuckets {
  private readonly buckets = new Map<string, Bucket>();

  constructor(
    private readonly perMinute: number,
    /** Milliseconds that only go forward. */
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Takes one; answers after how many seconds there is one again when there is none, else nothing. */
  take(key: string): number | undefined {
    const at = this.now();
    const known = this.buckets.get(key);
    const perMs = this.perMinute / 60_000;
    const tokens = known ? Math.min(this.perMinute, known.tokens + (at - known.at) * perMs) : this.perMinute;
    const enough = tokens >= 1;
    // Taken out and put back: the map keeps those who called last at its end.
    this.buckets.delete(key);
    this.buckets.set(key, { tokens: enough ? tokens - 1 : tokens, at });
    if (this.buckets.size > most) this.forgetOldest();
    return enough ? undefined : Math.max(1, Math.ceil((1 - tokens) / perMs / 1_000));
  }

  private forgetOldest(): void {
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
