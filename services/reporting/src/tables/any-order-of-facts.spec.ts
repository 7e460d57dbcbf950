import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { referralResults } from '@waymark/contracts';
import {
  foundView,
  type OpenedEvent,
  type Projection,
  searchPathOf,
  viewGenerationsMigration,
} from '@waymark/projections';
import { createTestDatabase, type TestDatabase } from '@waymark/testing';
import type { CaseFactEvent } from '../fact/domain/case-fact.js';
import type { ReferralFactEvent } from '../fact/domain/referral-fact.js';
import type { ResponseFactEvent } from '../fact/domain/response-fact.js';
import { caseloadProjection } from '../fact/projections/caseload/caseload.projection.js';
import { firstResponsesProjection } from '../fact/projections/first-responses/first-responses.projection.js';
import { referralResultsProjection } from '../fact/projections/referral-results/referral-results.projection.js';
import { caseloadOf } from './caseload-table.js';
import { countedCells } from './counted-cells.js';
import { crossTables } from './cross-tables.js';
import { answerColumns, crossRowOf } from './first-response-table.js';
import { answersOf, changesOf, resultsOf } from './select-counts.js';

type Fact = ResponseFactEvent | ReferralFactEvent | CaseFactEvent;

const views: readonly Projection[] = [firstResponsesProjection, referralResultsProjection, caseloadProjection];
const now = '2022-02-01T00:00:00.000Z';
const month = fc.constantFrom('2021-01', '2021-02', '2021-03', '2021-04');
const bands = ['within_1_hour', 'within_4_hours', 'within_24_hours', 'within_72_hours', 'after_72_hours'] as const;

/** What is told of one contact: that it waits, and perhaps that it was answered, once more when it is corrected. */
const response = fc
  .record({
    month,
    channel: fc.constantFrom('portal' as const, 'phone' as const),
    measurable: fc.boolean(),
    given: fc.array(fc.option(fc.constantFrom(...bands), { nil: undefined }), { maxLength: 2 }),
  })
  .map(({ given, ...awaited }): readonly Fact[] => {
    const factId = randomUUID();
    return [
      { type: 'ResponseAwaited', data: { factId, ...awaited } },
      ...given.map((band): Fact => ({ type: 'ResponseCounted', data: { factId, ...(band ? { band } : {}) } })),
    ];
  });

const referral = fc
  .record({
    month,
    unit: fc.constantFrom('ombudsman' as const, 'medical' as const),
    results: fc.array(fc.constantFrom('service_provided' as const, 'not_provided' as const, 'declined' as const), {
      maxLength: 3,
    }),
  })
  .map(({ month: sentIn, unit, results }): readonly Fact[] => {
    const factId = randomUUID();
    return [
      { type: 'ReferralCounted', data: { factId, month: sentIn, unit, service: 'mediation' } },
      ...results.map((result): Fact => ({ type: 'ReferralResultCounted', data: { factId, result } })),
    ];
  });

/** Months may seem to go back: two machines wrote, whose clocks differ over the end of a month. */
const caseFile = fc
  .array(fc.record({ month, stage: fc.constantFrom('engagement' as const, 'planning' as const, 'closed' as const) }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((moves): readonly Fact[] => {
    const factId = randomUUID();
    return moves.map((move) => ({ type: 'CaseStageCounted', data: { factId, ...move } }));
  });

const told = fc.array(fc.oneof(response, referral, caseFile), { maxLength: 25 });
/** Which of those that still have something to tell comes next, and how the deliveries are cut into pages. */
const delivery = fc.record({
  turns: fc.array(fc.nat(1_000), { minLength: 130, maxLength: 130 }),
  page: fc.integer({ min: 1, max: 40 }),
});

function delivered(things: readonly (readonly Fact[])[], turns: readonly number[]): readonly Fact[] {
  const left = things.map((facts) => [...facts]);
  const order: Fact[] = [];
  for (const turn of turns) {
    const waiting = left.filter(({ length }) => length > 0);
    const next = waiting[turn % Math.max(1, waiting.length)]?.shift();
    if (next) order.push(next);
  }
  return [...order, ...left.flat()];
}

const categoryOf = ({ type }: Fact): string => {
  if (type.startsWith('Response')) return 'response_fact';
  return type.startsWith('Referral') ? 'referral_fact' : 'case_fact';
};

const recorded = (fact: Fact, index: number): OpenedEvent => ({
  ...{ position: BigInt(index + 1), category: categoryOf(fact), stream: `${categoryOf(fact)}-${fact.data.factId}` },
  ...{ revision: 0, id: randomUUID(), type: fact.type, schemaVersion: 1, recordedAt: now, hash: '', erased: [] },
  ...{ data: fact.data, stored: { data: '', metadata: '' } },
  metadata: {
    ...{ actor: { kind: 'service', id: 'reporting' }, correlationId: 'c', causationId: 'c', occurredAt: now },
  },
});

describe('the counts of the reports', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase('any_order');
    const entities = views.flatMap((view) => [...(view.entities ?? [])]);
    const extra = { options: `-c search_path=${searchPathOf(views)}` };
    dataSource = await new DataSource({ type: 'postgres', url: database.url, entities, extra }).initialize();
    await dataSource.query(viewGenerationsMigration);
    for (const view of views) await foundView(dataSource, view);
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  const counted = async (facts: readonly Fact[], page: number) => {
    await dataSource.query('TRUNCATE first_responses, referral_results, case_months');
    const events = facts.map(recorded);
    for (let from = 0; from < events.length; from += page)
      for (const { categories, applyAll } of views)
        await applyAll?.(
          events.slice(from, from + page).filter(({ category }) => categories.includes(category)),
          dataSource.manager,
        );
    const answers = await answersOf(dataSource, '2021');
    const results = await resultsOf(dataSource, '2021');
    const changes = await changesOf(dataSource);
    const positive = (counts: readonly (readonly [string, number])[]) =>
      Object.fromEntries(counts.filter(([, count]) => count !== 0));
    return {
      responses: positive(crossTables(answerColumns, '2021', answers.rows.map(crossRowOf), now).plan.counts),
      referrals: positive(crossTables({ columns: referralResults }, '2021', results.rows, now).plan.counts),
      caseload: positive(caseloadOf(changes.rows, now).plan.counts),
    };
  };

  it('are those of a plain count, in whatever order the facts of different things arrive', async () => {
    await fc.assert(
      fc.asyncProperty(told, delivery, async (things, { turns, page }) => {
        expect(await counted(delivered(things, turns), page)).toEqual(plainCount(things));
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it('hold the position of the log that they were read at', async () => {
    await dataSource.query('UPDATE view_generations SET position = 7');
    const { position } = await countedCells(dataSource, caseloadProjection, 'SELECT 1 AS one');
    expect(position).toBe('7');
  });
});

/** Thing by thing and month by month, without any of the code above. */
function plainCount(things: readonly (readonly Fact[])[]) {
  const counts = {
    responses: new Map<string, number>(),
    referrals: new Map<string, number>(),
    caseload: new Map<string, number>(),
  };
  const add = (to: Map<string, number>, ...cells: readonly string[]): void => {
    for (const cell of cells) to.set(cell, (to.get(cell) ?? 0) + 1);
  };
  const cases: { month: string; stage: string }[][] = [];
  for (const facts of things) {
    const [first] = facts;
    const last = facts.at(-1);
    if (first?.type === 'ResponseAwaited') {
      const band = last?.type === 'ResponseCounted' ? (last.data.band ?? 'imprecise') : 'unanswered';
      const answer = first.data.measurable ? band : 'imprecise';
      const soon = ['within_1_hour', 'within_4_hours', 'within_24_hours'].includes(answer);
      const tooLate = ['within_72_hours', 'after_72_hours'].includes(answer);
      const late = soon ? 'within_24_hours' : tooLate ? 'late' : answer;
      const at = `count ${first.data.month}`;
      add(counts.responses, `${at} ${first.data.channel}/${late}`, `${at} all/${late}`);
      if (bands.some((each) => each === answer)) add(counts.responses, `${at} all/${late}/${answer}`);
    }
    if (first?.type === 'ReferralCounted') {
      const result = last?.type === 'ReferralResultCounted' ? last.data.result : 'under_way';
      const at = `count ${first.data.month}`;
      add(counts.referrals, `${at} ${first.data.unit}/${result}`, `${at} all/${result}`);
    }
    if (first?.type === 'CaseStageCounted')
      cases.push(facts.flatMap((fact) => (fact.type === 'CaseStageCounted' ? [{ ...fact.data }] : [])));
  }
  for (const moves of cases)
    moves.forEach((move, index) => {
      const before = moves[index - 1];
      if (before && before.month > move.month) move.month = before.month;
    });
  const firstMonth = cases.flatMap((moves) => moves.map((move) => move.month)).toSorted()[0];
  const all = Array.from({ length: 12 }, (_, index) => `2021-${String(index + 1).padStart(2, '0')}`);
  const months = [...all, '2022-01'].filter((each) => firstMonth !== undefined && each >= firstMonth);
  for (const moves of cases)
    for (const at of months) {
      const stage = moves.filter((move) => move.month <= at).at(-1)?.stage;
      if (stage !== undefined && stage !== 'closed') add(counts.caseload, `cases ${at} ${stage}`);
      moves.forEach((move, index) => {
        if (move.month !== at) return;
        const before = moves[index - 1]?.stage;
        if (before === undefined) add(counts.caseload, `cases ${at} opened`);
        if (before === 'closed' && move.stage !== 'closed') add(counts.caseload, `cases ${at} reopened`);
        if (before !== 'closed' && move.stage === 'closed') add(counts.caseload, `cases ${at} closed`);
      });
    }
  return {
    responses: Object.fromEntries(counts.responses),
    referrals: Object.fromEntries(counts.referrals),
    caseload: Object.fromEntries(counts.caseload),
  };
}
