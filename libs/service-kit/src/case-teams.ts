import { caseMessages } from '@waymark/contracts';
import { handling } from './consumption.js';

/** Keeps a service's own copy, in its table `case_teams`, of who works on which client's case. */
export const keepCaseTeams = handling(caseMessages.teamChanged, async ({ data }, { manager }) => {
  const { caseId, clientId, team, changedAt } = data;
  await manager.query(
    `INSERT INTO case_teams (case_id, client_id, team, changed_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (case_id) DO UPDATE
     SET client_id = excluded.client_id, team = excluded.team, changed_at = excluded.changed_at`,
    [caseId, clientId, team, changedAt],
  );
});
