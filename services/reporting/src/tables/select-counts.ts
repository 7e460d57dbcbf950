import type { DataSource } from 'typeorm';
import { caseloadProjection } from '../fact/projections/caseload/caseload.projection.js';
import { firstResponsesProjection } from '../fact/projections/first-responses/first-responses.projection.js';
import { referralResultsProjection } from '../fact/projections/referral-results/referral-results.projection.js';
import type { CaseChange } from './caseload-table.js';
import { countedCells } from './counted-cells.js';
import type { CrossRow } from './cross-tables.js';
import type { AnswerCount } from './first-response-table.js';

export const answersOf = (dataSource: DataSource, year: string) =>
  countedCells<AnswerCount>(
    dataSource,
    firstResponsesProjection,
    `SELECT month, channel, answer, count(*)::int AS contacts FROM first_responses
     WHERE month LIKE $3 GROUP BY month, channel, answer ORDER BY month, channel, answer`,
    [`${year}-%`],
  );

export const resultsOf = (dataSource: DataSource, year: string) =>
  countedCells<CrossRow>(
    dataSource,
    referralResultsProjection,
    `SELECT month, unit AS row, result AS "column", count(*)::int AS count FROM referral_results
     WHERE month LIKE $3 GROUP BY month, unit, result ORDER BY month, unit, result`,
    [`${year}-%`],
  );

/** Of all months: what is open now follows from everything that came before. */
export const changesOf = (dataSource: DataSource) =>
  countedCells<CaseChange>(
    dataSource,
    caseloadProjection,
    `SELECT month, stage_before AS before, stage, count(*)::int AS cases,
       sum(opened)::int AS opened, sum(reopened)::int AS reopened, sum(closed)::int AS closed
     FROM case_months GROUP BY month, stage_before, stage ORDER BY month, stage_before, stage`,
  );
