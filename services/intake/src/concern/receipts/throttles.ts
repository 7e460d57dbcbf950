import { createHmac } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { type Clock, type Doors, Problem, type Secrets } from '@waymark/service-kit';

interface Bucket {
  readonly name: string;
  readonly capacity: number;
  readonly refillPerSecond: number;
}

const guesses: Bucket = { name: 'receipt-guess', capacity: 10, refillPerSecond: 0.2 };
const submissions: Bucket = { name: 'submission', capacity: 300, refillPerSecond: 2 };

/** Tokens of a row by now: $3 is the capacity, $4 the time, $5 what is refilled in a second. */
const filled =
  'least($3::float8, b.tokens + $5::float8 * greatest(0, extract(epoch FROM $4::timestamptz - b.filled_at))::float8)';

/** Token buckets per source (`Source` in service-kit), in the database so that all instances count together. Only a keyed hash of it is kept. */
abstract class TokenBuckets {
  private readonly pepper: Buffer;

  constructor(
    private readonly bucket: Bucket,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    secrets: Secrets,
  ) {
    this.pepper = secrets.of('throttle');
  }

  /** Takes so many tokens (0 leaves a full bucket full) if at least one is there; else 429 with `Retry-After`, and takes none. */
  protected async take(source: string, cost: 0 | 1): Promise<void> {
    const { name, capacity, refillPerSecond } = this.bucket;
    const taken = await this.dataSource.query<unknown[]>(
      `INSERT INTO token_buckets AS b (name, source, tokens, filled_at) VALUES ($1, $2, $3::float8 - $6::float8, $4)
       ON CONFLICT (name, source) DO UPDATE SET tokens = ${filled} - $6::float8, filled_at = greatest(b.filled_at, $4)
       WHERE ${filled} >= 1
       RETURNING 1`,
      [name, this.hashed(source), capacity, this.clock.now(), refillPerSecond, cost],
    );
    if (taken.length === 0) throw this.refusal(await this.balance(source));
  }

  /** 429 if no token is there; takes none. */
  protected async look(source: string): Promise<void> {
    const tokens = await this.balance(source);
    if (tokens < 1) throw this.refusal(tokens);
  }

  private async balance(source: string): Promise<number> {
    const { name, capacity, refillPerSecond } = this.bucket;
    const rows = await this.dataSource.query<{ tokens: number }[]>(
      `SELECT ${filled} AS tokens FROM token_buckets AS b WHERE name = $1 AND source = $2`,
      [name, this.hashed(source), capacity, this.clock.now(), refillPerSecond],
    );
    return rows[0]?.tokens ?? capacity;
  }

  private refusal(tokens: number): Problem {
    const seconds = Math.max(1, Math.ceil((1 - tokens) / this.bucket.refillPerSecond));
    return new Problem(429, 'too_many_attempts', 'Too many attempts from your address. Wait a moment.', undefined, {
      'retry-after': String(seconds),
    });
  }

  private hashed(source: string): Buffer {
    return createHmac('sha256', this.pepper).update(source).digest();
  }
}

/**
 * Against guessing: ten wrong receipts at once, then one every five seconds. Right ones cost nothing, however many come at once.
 * Which of both a receipt is, nobody learns whose address has no token left.
 */
export class GuessThrottle extends TokenBuckets {
  constructor(dataSource: DataSource, clock: Clock, secrets: Secrets) {
    super(guesses, dataSource, clock, secrets);
  }

  /** Before the work is done. */
  admit(source: string): Promise<void> {
    return this.look(source);
  }

  /**
   * After it, before anything is told. Guesses at other instances may have taken the last token meanwhile: then right and wrong get
   * the same answer after the same work.
   */
  count(source: string, outcome: 'right' | 'wrong'): Promise<void> {
    return this.take(source, outcome === 'wrong' ? 1 : 0);
  }
}

/** Against flooding; wide enough for a whole office behind one address. */
export class SubmissionThrottle extends TokenBuckets {
  constructor(dataSource: DataSource, clock: Clock, secrets: Secrets) {
    super(submissions, dataSource, clock, secrets);
  }

  admit(source: string): Promise<void> {
    return this.take(source, 1);
  }
}

/** In one go, so that no row is held for long; what is left goes a second later. */
const atOnce = 1_000;

/**
 * Forgets the buckets that are full again, since they say what no row says as well. So nothing stays of an address but for a moment:
 * a bucket of which nothing was taken for as long as all of it needs to be refilled is full.
 */
export async function forgetFullBuckets({ dataSource, clock }: Pick<Doors, 'dataSource' | 'clock'>): Promise<void> {
  for (const { name, capacity, refillPerSecond } of [guesses, submissions]) {
    const fullSince = new Date(Date.parse(clock.now()) - (capacity / refillPerSecond) * 1_000);
    await dataSource.query(
      `DELETE FROM token_buckets WHERE name = $1 AND source IN (
         SELECT source FROM token_buckets WHERE name = $1 AND filled_at <= $2
         ORDER BY filled_at LIMIT ${atOnce} FOR UPDATE SKIP LOCKED
       )`,
      [name, fullSince],
    );
  }
}
