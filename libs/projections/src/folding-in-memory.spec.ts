import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Column, type DataSource, Entity, PrimaryColumn } from 'typeorm';
import { eventually } from '@waymark/testing';
import { buildView } from './build-view.js';
import { digestOf } from './digest.js';
import { foldedRows } from './folded-rows.js';
import { findGeneration, type GenerationState, schemaOf } from './generation.js';
import type { Projection } from './projection.js';
import { TakenElsewhere } from './unwritten.js';
import { openWordsGround, type WordsGround, wordsView } from './words.fixture.js';

const seed = Number(process.env['WAYMARK_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

@Entity('papers')
class Paper {
  @PrimaryColumn('text') id: string;
  @PrimaryColumn('text', { name: 'part_of' }) part: string;
  @Column('text', { nullable: true }) text: string | null;
  @Column('integer') pages: number;
  @Column('double precision', { nullable: true }) weight: number | null;
  @Column('boolean') sealed: boolean;
  @Column('text', { array: true }) marks: (string | null)[];
  @Column('timestamptz', { name: 'filed_at', nullable: true }) filedAt: Date | null;
  @Column('jsonb', { nullable: true }) form: unknown;
}

type Noted = Omit<Paper, 'filedAt'> & { readonly filedAt: string | null; readonly gone?: true };

/** Holds up whoever writes the paper that is called `held`, as long as somebody else has the lock. */
const holdUp = `
  CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.id = 'held' THEN PERFORM pg_advisory_xact_lock(19); END IF; RETURN NEW; END $$;
  CREATE TRIGGER hold_up BEFORE INSERT ON papers FOR EACH ROW EXECUTE FUNCTION hold_up();`;

const papersView = (): Projection =>
  foldedRows({
    name: 'papers',
    version: 1,
    categories: ['note'],
    tables: `
      CREATE TABLE papers (
        id text NOT NULL, part_of text NOT NULL, text text, pages integer NOT NULL CHECK (pages < 1000), weight double precision,
        sealed boolean NOT NULL, marks text[] NOT NULL, filed_at timestamptz, form jsonb, looked_at integer DEFAULT 0,
        PRIMARY KEY (id, part_of)
      );
      ${holdUp}`,
    entity: Paper,
    of: 'id',
    idOf: ({ data }) => (data as Noted).id,
    fold: (papers, { data }) => {
      const { gone, filedAt, ...noted } = data as Noted;
      const others = papers.filter(({ part }) => part !== noted.part);
      return gone ? others : [...others, { ...noted, filedAt: filedAt === null ? null : new Date(filedAt) }];
    },
  });

const plain = (id: string, more: Partial<Noted> = {}): Noted => ({
  ...{ id, part: 'a', text: 'plain', pages: 1, weight: null, sealed: false, marks: [], filedAt: null, form: null },
  ...more,
});
const numbered = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => plain(`paper ${from + index}`, { pages: index }));

/** What COPY, arrays and JSON each have signs of their own for, beside all the rest of Unicode but what no table can hold. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\\',
        '\\N',
        '\\.',
        '\n',
        '\r',
        '\t',
        '\b',
        '\v',
        '"',
        ',',
        '{',
        '}',
        'NULL',
        "'",
        ' ',
        '\u2028',
        '😀',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }).map((some) => some.replaceAll('\0', '')),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: null });
const json = fc
  .jsonValue()
  .map((value): unknown =>
    JSON.parse(JSON.stringify(value), (_key, part: unknown) =>
      typeof part === 'number' ? Math.trunc(part % 1_000) : part,
    ),
  );
const noted = fc.record({
  ...{ text: maybe(text), pages: fc.integer({ min: -(2 ** 31), max: 999 }), sealed: fc.boolean(), form: maybe(json) },
  weight: maybe(fc.double({ min: -1e9, max: 1e9, noNaN: true })),
  marks: fc.array(maybe(text), { maxLength: 3 }),
  filedAt: maybe(
    fc
      .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString()),
  ),
});

describe(`a view folded in memory (WAYMARK_TEST_SEED=${seed})`, () => {
  let ground: WordsGround;
  let view: Projection;
  let pool: DataSource;

  beforeEach(async () => {
    ground = await openWordsGround();
    view = papersView();
    pool = await ground.connect(view);
  });
  afterEach(() => ground?.close());

  const found = async (state: GenerationState) => {
    const generation = await findGeneration(pool, view, state);
    if (!generation) throw new Error(`none is ${state}`);
    return generation;
  };
  const digest = async (state: GenerationState) => digestOf(pool, await found(state));
  const papers = async (state: GenerationState) =>
    pool.query<{ id: string }[]>(`SELECT * FROM "${schemaOf(await found(state))}".papers ORDER BY id COLLATE "C"`);
  /** Few at a time, each page by statements. */
  const follow = async (position: bigint): Promise<void> => {
    const running = ground.run(view, pool, { batchSize: 7 });
    expect(await running.waitFor(position, 60_000)).toBe(true);
    await running.stop();
  };
  const note = async (all: readonly object[]): Promise<bigint> => {
    let position = 0n;
    for (let at = 0; at < all.length; at += 100) position = await ground.note(...all.slice(at, at + 100));
    return position;
  };

  it('has the same rows copied in as written one by one, whatever is in them', async () => {
    const samples = fc.sample(noted, { seed, numRuns: 240 });
    await follow(await note(samples.map((sample, index) => ({ ...sample, id: String(index), part: 'a' }))));
    await buildView(ground.build(view, pool));
    expect(await papers('building')).toEqual(await papers('live'));
    expect(await digest('building')).toBe(await digest('live'));
    const [copied] = await pool.query<{ texts: unknown[] }[]>(
      `SELECT jsonb_agg(jsonb_build_array(text, marks) ORDER BY id::integer) AS texts FROM "${schemaOf(await found('building'))}".papers`,
    );
    expect(copied?.texts).toEqual(samples.map((sample) => [sample.text, sample.marks]));
  }, 120_000);

  it('changes a row twice in a page, changes and removes rows of earlier pages, and brings rows back', async () => {
    const first = numbered(260);
    const again = first.slice(0, 150).map((paper) => ({ ...paper, text: 'again', part: 'b' }));
    const history = [
      ...[...first, ...first.slice(250).map((paper) => ({ ...paper, pages: 7 }))],
      ...[...again, ...again.slice(100).map((paper) => ({ ...paper, gone: true }))],
      ...[...first.slice(40, 80).map((paper) => ({ ...paper, gone: true })), ...first.slice(60, 70)],
      ...first.slice(60, 65).map((paper) => ({ ...paper, gone: true })),
      ...first.slice(62, 64),
      ...numbered(130, 1_000),
    ];
    await follow(await note(history));
    for (const batchSize of [110, 250, 10_000]) {
      await buildView(ground.build(view, pool, { batchSize }));
      expect(await digest('building')).toBe(await digest('live'));
      const { id } = await found('building');
      await pool.query(`DROP SCHEMA papers_v1_g${id} CASCADE`);
      await pool.query(`DELETE FROM view_generations WHERE id = $1`, [id]);
    }
  }, 120_000);

  it('that dies in the middle of a copy has what it had before, and goes on from there', async () => {
    const position = await note([...numbered(130), ...numbered(80, 500), plain('held'), ...numbered(90, 700)]);
    await follow(position);
    const holder = pool.createQueryRunner();
    await holder.query('SELECT pg_advisory_lock(19)');
    const killed = new AbortController();
    const dying = buildView(ground.build(view, pool, { batchSize: 120, signal: killed.signal }));
    const outcome = expect(dying).rejects.toThrow();
    await eventually(async () => {
      const waiting = await pool.query<object[]>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY %' AND wait_event = 'advisory'`,
      );
      expect(waiting).toHaveLength(1);
    });
    killed.abort(new Error('killed'));
    await pool.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY %'`,
    );
    await outcome;
    await holder.query('SELECT pg_advisory_unlock(19)');
    await holder.release();
    const left = await found('building');
    expect(await papers('building')).toHaveLength(120);
    expect(left.position).toBeLessThan(position);
    const built = await buildView(ground.build(view, pool, { batchSize: 120 }));
    expect(built).toMatchObject({ id: left.id, position: (await found('live')).position });
    expect(await digest('building')).toBe(await digest('live'));
  }, 60_000);

  it('stops at the very event whose row the table refuses, with all before it in place', async () => {
    await note(numbered(140));
    const bad = await note([plain('bad', { pages: 1_000 })]);
    await note(numbered(120, 300));
    await expect(buildView(ground.build(view, pool))).rejects.toMatchObject({ position: bad });
    expect(await papers('building')).toHaveLength(140);
    const { stoppedAt, position } = await found('building');
    expect({ stoppedAt, before: position < bad }).toEqual({ stoppedAt: bad, before: true });
  });

  it('writes nothing of what it holds when somebody else has written since', async () => {
    const words = wordsView('words');
    const position = await ground.say(...Array.from({ length: 30 }, (_, index) => `word ${index % 7}`));
    let others = 0;
    const overtaken = buildView(
      ground.build(words, pool, {
        open: async (event) => {
          if (event.position === position && (others += 1) === 1) await buildView(ground.build(words, pool));
          return { ...event, erased: [] };
        },
      }),
    );
    await expect(overtaken).rejects.toThrow(TakenElsewhere);
    const rows = await ground.rows(words, pool, 'building');
    expect(rows.reduce((sum, { times }) => sum + times, 0)).toBe(30);
  });
});
