import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { deriveSecret, Gathered } from '@waymark/privacy';

/** Table of the answers already given. Without the caller's key and the service's secret no row can be read. */
export const idempotencyMigration = `
  CREATE TABLE idempotency (
    key_hash bytea PRIMARY KEY,
    body_hash bytea NOT NULL,
    answer bytea NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now()
  )`;

/** So that old answers are found without reading the others. */
export const oldAnswersMigration = 'CREATE INDEX idempotency_answered_at ON idempotency (answered_at)';

/** In one go, so that no row is held for long; what is left goes next time. */
const atOnce = 5_000;

/** Forgets answers that are older than so many days. Their commands stay in the log and are known there by their ids. */
export async function forgetAnswers(dataSource: DataSource, days: number): Promise<void> {
  await dataSource.query(
    // By the time of the database, which gave it to them. Two instances do not wait for each other.
    `DELETE FROM idempotency WHERE key_hash IN (
       SELECT key_hash FROM idempotency WHERE answered_at < now() - $1 * interval '1 day'
       ORDER BY answered_at LIMIT ${atOnce} FOR UPDATE SKIP LOCKED
     )`,
    [days],
  );
}

interface Row {
  readonly key_hash: Buffer;
  readonly body_hash: Buffer;
  readonly answer: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One attempt of a caller: principal, route with its ids, key and body. */
export interface Attempt {
  readonly principal: string;
  readonly route: string;
  readonly key: string;
  readonly body: unknown;
}

export type Earlier =
  { readonly kind: 'first' } | { readonly kind: 'answered'; readonly answer: Answer } | { readonly kind: 'other_body' };

/**
 * Remembers the answer to each `Idempotency-Key`, so that a retry gets the first answer. Answers are encrypted under a key
 * derived from the caller's key, which is not stored: a receipt in an answer stays between us and the caller.
 */
export class IdempotentAnswers {
  private readonly lookUps = new Gathered((hashes: readonly Buffer[]) => this.lookUp(hashes));
  private readonly notes = new Gathered((rows: readonly Row[]) => this.note(rows));

  constructor(
    private readonly dataSource: DataSource,
    private readonly secret: Buffer,
  ) {}

  /** The seed of all ids of the command: the same attempt gives the same, and nobody can compute it without the secret. */
  commandSeed(attempt: Attempt): string {
    return this.derive('command', attempt).toString('hex');
  }

  async earlier(attempt: Attempt): Promise<Earlier> {
    const row = await this.lookUps.answer(this.derive('row', attempt));
    if (!row) return { kind: 'first' };
    if (!row.body_hash.equals(this.bodyHash(attempt))) return { kind: 'other_body' };
    return { kind: 'answered', answer: this.decrypt(row.answer, attempt) };
  }

  /** False when another instance has answered another body under this key in the meantime. */
  async remember(attempt: Attempt, answer: Answer): Promise<boolean> {
    const remembered = await this.notes.answer({
      key_hash: this.derive('row', attempt),
      body_hash: this.bodyHash(attempt),
      answer: this.encrypt(answer, attempt),
    });
    return remembered || (await this.earlier(attempt)).kind !== 'other_body';
  }

  private async lookUp(hashes: readonly Buffer[]): Promise<readonly (Row | undefined)[]> {
    const rows = await this.dataSource.query<Row[]>(
      'SELECT key_hash, body_hash, answer FROM idempotency WHERE key_hash = ANY($1::bytea[])',
      [hashes],
    );
    const found = new Map(rows.map((row) => [row.key_hash.toString('hex'), row]));
    return hashes.map((hash) => found.get(hash.toString('hex')));
  }

  private async note(rows: readonly Row[]): Promise<readonly boolean[]> {
    const noted = await this.dataSource.query<Pick<Row, 'key_hash'>[]>(
      // An answer lost in a crash is found again by the command's id in the log, so this need not wait for the disk.
      // In an order of its own, so that two instances do not wait for each other.
      `INSERT INTO idempotency (key_hash, body_hash, answer)
       SELECT r.* FROM set_config('synchronous_commit', 'off', true) AS off, unnest($1::bytea[], $2::bytea[], $3::bytea[]) AS r
       WHERE off = 'off' ORDER BY 1
       ON CONFLICT (key_hash) DO NOTHING RETURNING key_hash`,
      [rows.map((row) => row.key_hash), rows.map((row) => row.body_hash), rows.map((row) => row.answer)],
    );
    const hashes = new Set(noted.map(({ key_hash }) => key_hash.toString('hex')));
    // Attempts under one key take turns (idempotency.interceptor.ts): no two of them are among these rows.
    return rows.map((row) => hashes.has(row.key_hash.toString('hex')));
  }

  private derive(label: string, { principal, route, key }: Attempt): Buffer {
    return deriveSecret({
      secret: this.secret,
      label: `idempotency/${label}`,
      input: JSON.stringify([principal, route, key]),
    });
  }

  /** Under the secret as well: a short body could be guessed from a plain hash. */
  private bodyHash(attempt: Attempt): Buffer {
    return createHash('sha256')
      .update(this.derive('body', attempt))
      .update(JSON.stringify(attempt.body) ?? '')
      .digest();
  }

  private encrypt(answer: Answer, attempt: Attempt): Buffer {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.derive('answer', attempt), iv);
    const text = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, text, cipher.getAuthTag()]);
  }

  private decrypt(stored: Buffer, attempt: Attempt): Answer {
    const decipher = createDecipheriv('aes-256-gcm', this.derive('answer', attempt), stored.subarray(0, 12));
    decipher.setAuthTag(stored.subarray(-16));
    const text = Buffer.concat([decipher.update(stored.subarray(12, -16)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as Answer;
  }
}
