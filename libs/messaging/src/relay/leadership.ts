import { askForHistory } from '@waymark/event-store';
import type pg from 'pg';
import { within } from '../waiting.js';
import type { HeldBack, toNote } from './held-back.js';

/** The leader's place was taken, or its connection lost: it must not move the checkpoint any more. */
export class Deposed extends Error {
  override readonly name = 'Deposed';
}

// The server ends the session of a leader that says nothing for so long (frozen, cut off), so that a follower takes over.
const silentLeaderEndsAfter = '15s';
const answerExpectedWithinMs = 10_000;

/**
 * The one relay of a service that publishes. Holds a session advisory lock; each leadership begins a new epoch, and the checkpoint
 * moves only under the epoch that is in force.
 */
export class Leadership {
  private queue: Promise<unknown> = Promise.resolve();
  private passed: bigint | undefined;
  private noted: bigint;

  private constructor(
    private readonly client: pg.PoolClient,
    private readonly service: string,
    private readonly epoch: string,
    readonly position: bigint,
  ) {
    this.noted = position;
  }

  /** Undefined when another one leads. `onLost` is called when the connection breaks. */
  static async seek(pool: pg.Pool, service: string, onLost: () => void): Promise<Leadership | undefined> {
    const client = await pool.connect();
    client.on('error', onLost);
    try {
      const { rows } = await client.query<{ locked: boolean }>(
        `select pg_try_advisory_lock(hashtextextended('waymark relay ' || $1, 0)) as locked`,
        [service],
      );
      if (rows[0]?.locked !== true) {
        client.removeListener('error', onLost);
        client.release();
        return undefined;
      }
      await client.query(`set idle_session_timeout = '${silentLeaderEndsAfter}'`);
      const begun = await client.query<{ epoch: string; position: string }>(
        `insert into relay_checkpoint as c (service, epoch) values ($1, 1)
         on conflict (service) do update set epoch = c.epoch + 1 returning epoch, position`,
        [service],
      );
      const { epoch = '0', position = '0' } = begun.rows[0] ?? {};
      return new Leadership(client, service, epoch, BigInt(position));
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  /** Where the checkpoint stands. */
  get reached(): bigint {
    return this.noted;
  }

  /** There was nothing to publish up to here: noted with the next confirmation, because reading it again would cost little. */
  passOver(position: bigint): void {
    if (position > this.noted) this.passed = position;
  }

  /** Throws `Deposed` when another epoch is in force. Also keeps the session alive. */
  async confirm(): Promise<void> {
    if (this.passed !== undefined) return this.advance(this.passed, new Map(), 0);
    const { rows } = await this.query<{ epoch: string }>('select epoch from relay_checkpoint where service = $1', []);
    if (rows[0]?.epoch !== this.epoch) throw new Deposed();
  }

  /** The last sequence of those that have one. Throws `Deposed` when another epoch is in force: sequences may count anew since. */
  async sequences(subjects: readonly string[]): Promise<Map<string, number>> {
    if (subjects.length === 0) return new Map();
    const { rows } = await this.query<{ subject: string | null; last: string | null }>(
      `select s.subject, s.last from relay_checkpoint c
       left join relay_sequence s on s.service = c.service and s.subject = any ($2)
       where c.service = $1 and c.epoch = $3`,
      [subjects, this.epoch],
    );
    if (rows.length === 0) throw new Deposed();
    return new Map(
      rows.flatMap(({ subject, last }): [string, number][] => (subject === null ? [] : [[subject, Number(last)]])),
    );
  }

  /** Moves the checkpoint, the sequences and the count of messages together, or throws `Deposed` and moves nothing. */
  async advance(position: bigint, sequences: ReadonlyMap<string, number>, messages: number): Promise<void> {
    // Before the first wait: what is asked for later must not be moved back to an earlier position.
    this.passed = undefined;
    const moved = await this.query(
      `with moved as (
         update relay_checkpoint set position = $2, published = published + $6
         where service = $1 and epoch = $3 returning service
       ), counted as (
         insert into relay_sequence (service, subject, last)
         select m.service, u.subject, u.last from moved m, unnest($4::text[], $5::bigint[]) u(subject, last)
         on conflict (service, subject) do update set last = excluded.last
       )
       select from moved`,
      [position.toString(), this.epoch, [...sequences.keys()], [...sequences.values()], messages],
    );
    if (moved.rowCount !== 1) throw new Deposed();
    this.noted = position;
  }

  /** Where the window after a position ends, if that was noted: by an earlier leadership, or when it was published before. */
  async windowEnd(after: bigint): Promise<bigint | undefined> {
    const { rows } = await this.query<{ ends: string | null }>(
      'select min(ends) as ends from relay_window where service = $1 and ends > $2',
      [after.toString()],
    );
    const ends = rows[0]?.ends;
    return ends === undefined || ends === null ? undefined : BigInt(ends);
  }

  /** Notes for ever where a window ends and what of it or of earlier ones stays or goes, or throws `Deposed`. */
  async endWindow(ends: bigint, rows: ReturnType<typeof toNote>): Promise<void> {
    const noted = await this.query(
      `with noted as (
         insert into relay_window (service, ends)
         select service, $2 from relay_checkpoint where service = $1 and epoch = $3 returning service
       ), held as (
         insert into relay_held (service, stream, revision, place, position, held_by, went_with, bare)
         select n.service, h.stream, h.revision, h.place, h.position, $2, case when h.goes then $2::bigint end, h.bare
         from noted n, jsonb_to_recordset($4::jsonb)
           as h(stream text, revision bigint, place integer, position bigint, goes boolean, bare boolean)
         on conflict (service, stream, revision, place)
           do update set went_with = excluded.went_with, bare = excluded.bare
       )
       select from noted`,
      [ends.toString(), this.epoch, JSON.stringify(rows.map((row) => ({ ...row, position: row.position.toString() })))],
    );
    if (noted.rowCount !== 1) throw new Deposed();
  }

  /** What is held back until now. */
  async heldBack(): Promise<readonly HeldBack[]> {
    const { rows } = await this.query<HeldRow>(`${selectHeld} and went_with is null order by position, place`, []);
    return rows.map(heldBackIn);
  }

  /** What was noted of the window that ends there. */
  async notedOf(ends: bigint): Promise<readonly HeldBack[]> {
    const { rows } = await this.query<HeldRow>(`${selectHeld} and $2 in (held_by, went_with)`, [ends.toString()]);
    return rows.map(heldBackIn);
  }

  /** How many messages lie before the checkpoint, and how far each partition of the topic was seen to reach. */
  async topicHeld(): Promise<{ readonly published: bigint; readonly ends: ReadonlyMap<number, bigint> }> {
    const { rows } = await this.query<{ published: string; ends: Readonly<Record<string, string>> }>(
      'select published, ends from relay_checkpoint where service = $1',
      [],
    );
    const ends = Object.entries(rows[0]?.ends ?? {});
    return {
      published: BigInt(rows[0]?.published ?? 0),
      ends: new Map(ends.map(([partition, end]) => [Number(partition), BigInt(end)])),
    };
  }

  /** Notes how far each partition reaches, or throws `Deposed`. */
  async noteEnds(ends: ReadonlyMap<number, bigint>): Promise<void> {
    const noted = await this.query('update relay_checkpoint set ends = $2 where service = $1 and epoch = $3', [
      JSON.stringify(Object.fromEntries([...ends].map(([partition, end]) => [partition, end.toString()]))),
      this.epoch,
    ]);
    if (noted.rowCount !== 1) throw new Deposed();
  }

  /** The history of the database's server, and the one under which it was published up to here, unless that was never noted. */
  async histories(): Promise<{ readonly now: string; readonly noted: string | null }> {
    const { rows } = await this.query<{ now: string; noted: string | null }>(
      `select h.history as now, c.history as noted from relay_checkpoint c, (${askForHistory}) h where c.service = $1`,
      [],
    );
    if (rows[0] === undefined) throw new Deposed();
    return rows[0];
  }

  /** Notes the history of the server, or throws `Deposed`. */
  async noteHistory(history: string): Promise<void> {
    const noted = await this.query('update relay_checkpoint set history = $2 where service = $1 and epoch = $3', [
      history,
      this.epoch,
    ]);
    if (noted.rowCount !== 1) throw new Deposed();
  }

  /** Whoever leads next publishes everything again, with the same ids and sequences. Throws `Deposed` when another epoch is in force. */
  async startOver(): Promise<void> {
    this.passed = undefined;
    const reset = await this.query(
      `with reset as (
         update relay_checkpoint set position = 0, published = 0, ends = '{}'
         where service = $1 and epoch = $2 returning service
       ), forgotten as (
         delete from relay_sequence s using reset r where s.service = r.service
       )
       select from reset`,
      [this.epoch],
    );
    if (reset.rowCount !== 1) throw new Deposed();
  }

  /** Ends the session and with it the lock: nothing of its settings may go back to the pool. */
  end(): void {
    this.client.release(true);
  }

  /** One statement at a time, `$1` being the service. A connection that does not answer counts as lost. */
  private query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<pg.QueryResult<Row>> {
    const answer = this.queue.then(() =>
      within(answerExpectedWithinMs, this.client.query<Row>(text, [this.service, ...values])),
    );
    this.queue = answer.catch(() => undefined);
    return answer;
  }
}

interface HeldRow {
  readonly stream: string;
  readonly revision: string;
  readonly place: number;
  readonly position: string;
  readonly held_by: string;
  readonly went_with: string | null;
  readonly bare: boolean;
}

const selectHeld =
  'select stream, revision, place, position, held_by, went_with, bare from relay_held where service = $1';

const heldBackIn = ({ stream, revision, place, position, held_by, went_with, bare }: HeldRow): HeldBack => ({
  ...{ stream, revision: Number(revision), place, position: BigInt(position), bare },
  ...{ heldBy: BigInt(held_by), wentWith: went_with === null ? undefined : BigInt(went_with) },
});
