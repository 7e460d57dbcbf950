import { foldedRows } from '@waymark/projections';
import type { CaseFactEvent } from '../../domain/case-fact.js';
import { CaseMonth } from './case-month.entity.js';

/** What changed about each case, month by month. Never shown as it is: tables go through disclosure control. */
export const caseloadProjection = foldedRows({
  name: 'caseload',
  version: 1,
  categories: ['case_fact'],
  tables: `
    CREATE TABLE case_months (
      fact_id uuid NOT NULL,
      month text NOT NULL,
      stage_before text NOT NULL,
      stage text NOT NULL,
      opened integer NOT NULL,
      reopened integer NOT NULL,
      closed integer NOT NULL,
      PRIMARY KEY (fact_id, month)
    );
    CREATE INDEX case_months_changes ON case_months (month, stage_before, stage);`,
  entity: CaseMonth,
  of: 'factId',
  idOf: ({ stream }) => stream.slice('case_fact-'.length),
  fold: (months, { type, data, stream }) => {
    const event = { type, data } as CaseFactEvent;
    const factId = stream.slice('case_fact-'.length);
    const last = months.reduce<CaseMonth | undefined>(
      (late, each) => (late && late.month > each.month ? late : each),
      undefined,
    );
    // What is told later happened later, though the clocks of two machines may differ over the end of a month.
    const month = last && last.month > event.data.month ? last.month : event.data.month;
    const current = last?.month === month ? last : nothingYet(factId, month, last?.stage ?? '');
    const moved = { ...current, ...changeOf(current, event.data.stage) };
    return [...months.filter((each) => each !== current), moved];
  },
});

const nothingYet = (factId: string, month: string, stage: string): CaseMonth => ({
  ...{ factId, month, stageBefore: stage, stage },
  ...{ opened: 0, reopened: 0, closed: 0 },
});

function changeOf({ stage: before, opened, reopened, closed }: CaseMonth, stage: string): Partial<CaseMonth> {
  return {
    stage,
    opened: opened + Number(before === ''),
    reopened: reopened + Number(before === 'closed' && stage !== 'closed'),
    closed: closed + Number(before !== 'closed' && stage === 'closed'),
  };
}
