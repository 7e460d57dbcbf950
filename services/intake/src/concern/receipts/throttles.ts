import { createHmac } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type Clock, Problem, type Secrets } from '@waymark/service-kit';

interface Bucket {
  readonly name: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
}

/** Token buckets per source address, in the database so that all instances count together. Only a keyed hash of the address is kept. */
class TokenBuckets {
  private readonly pepper: Buffer;

  constructor(
    private readonly bucket: Bucket,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    secrets: Secrets,
  ) {
    this.pepper = secrets.of('throttle');
  }

  /** Takes one token; 429 with `Retry-After` when there is none. */
  async take(address: string): Promise<void> {
    const { name, capacity, refillPerSecond } = this.bucket;
    const rows = await this.dataSource.query<{ tokens: number }[]>(
      `INSERT INTO token_buckets AS b (name, source, tokens, filled_at) VALUES ($1, $2, $3::float8 - 1, $4)
       ON CONFLICT (name, source) DO UPDATE SET
         tokens = greatest(-1, least($3::float8, b.tokens + $5::float8 * greatest(0, extract(epoch FROM $4::timestamptz - b.filled_at))) - 1),
         filled_at = greatest(b.filled_at, $4)
       RETURNING tokens`,
      [name, this.source(address), capacity, this.clock.now(), refillPerSecond],
    );
    const tokens = Number(rows[0]?.tokens ?? 0);
    if (tokens >= 0) return;
    await this.giveBack(address);
    const seconds = Math.max(1, Math.ceil((0 - tokens) / refillPerSecond));
    throw new Problem(429, 'too_many_attempts', 'Too many attempts from your address. Wait a moment.', undefined, {
      'retry-after': String(seconds),
    });
  }

  async giveBack(address: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE token_buckets SET tokens = least($3::float8, tokens + 1) WHERE name = $1 AND source = $2`,
      [this.bucket.name, this.source(address), this.bucket.capacity],
    );
  }

  private source(address: string): Buffer {
    return createHmac('sha256', this.pepper).update(address).digest();
  }
}

/** Against guessing: ten wrong receipts at once, then one every five seconds. */
export class GuessThrottle extends TokenBuckets {
  constructor(dataSource: DataSource, clock: Clock, secrets: Secrets) {
    super({ name: 'receipt-guess', capacity: 10, refillPerSecond: 0.2 }, dataSource, clock, secrets);
  }
}

/** Against flooding; wide enough for a whole office behind one address. */
export class SubmissionThrottle extends TokenBuckets {
  constructor(dataSource: DataSource, clock: Clock, secrets: Secrets) {
    super({ name: 'submission', capacity: 300, refillPerSecond: 2 }, dataSource, clock, secrets);
  }
}
