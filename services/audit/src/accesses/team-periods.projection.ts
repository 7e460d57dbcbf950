import { foldedRows } from '@waymark/projections';
import { factOf } from '../replay/fact.js';
import { textIn, textsIn } from '../replay/fields.js';
import { isInterpreted } from '../replay/interpreted-versions.js';
import { TeamPeriod } from './team-period.entity.js';

/**
 * Who was on the team of which case, and when: whatever changes a team carries the whole team that results. Whoever recuses without
 * having been on it, such as a supervisor, has a period without length.
 */
export const teamPeriodsProjection = foldedRows({
  name: 'team-periods',
  version: 2,
  categories: ['case'],
  tables: `
    CREATE TABLE team_periods (
      case_id text NOT NULL,
      person_id text NOT NULL,
      joined_at bigint NOT NULL,
      left_at bigint,
      client_id text NOT NULL,
      PRIMARY KEY (case_id, person_id, joined_at)
    );
    CREATE INDEX team_periods_person ON team_periods (person_id, client_id);`,
  entity: TeamPeriod,
  of: 'caseId',
  idOf: ({ stream }) => stream.slice('case-'.length),
  fold: (periods, event) => {
    const fact = factOf(event);
    const clientId = textIn(fact.data, 'clientId');
    if (!isInterpreted(fact) || !Array.isArray(fact.data.team) || clientId === undefined) return periods;
    const team = new Set(textsIn(fact.data, 'team'));
    const recused = fact.type === 'OfficerRecused' ? textIn(fact.data, 'staffId') : undefined;
    const position = String(fact.position);
    const open = new Set(periods.filter(({ leftAt }) => leftAt === null).map(({ personId }) => personId));
    return [
      ...periods.map((period) =>
        period.leftAt === null && !team.has(period.personId) ? { ...period, leftAt: position } : period,
      ),
      ...[...team]
        .filter((personId) => !open.has(personId))
        .map((personId) => ({ caseId: fact.subject, personId, joinedAt: position, leftAt: null, clientId })),
      ...(recused === undefined || open.has(recused) || team.has(recused)
        ? []
        : [{ caseId: fact.subject, personId: recused, joinedAt: position, leftAt: position, clientId }]),
    ];
  },
});
