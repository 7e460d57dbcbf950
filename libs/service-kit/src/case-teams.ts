import type { DataSource } from 'typeorm';
import { caseMessages } from '@waymark/contracts';
import { handling } from './consumption.js';
import type { MarkedCase } from './shut-out-marks.js';

/** A case as another service knows it. */
export interface KnownCase extends MarkedCase {
  readonly caseId: string;
  readonly clientId: string;
  readonly team: readonly string[];
  /** Who has recused from it, for ever. */
  readonly recused: readonly string[];
}

/** The first that is told of a case. Of one that is known already it says nothing more than whom its reporter shuts out. */
const keepMarks = handling(caseMessages.caseOpened, async ({ data }, { manager }) => {
  const { caseId, clientId, officerId, openedAt, concernId, shutOut = [] } = data;
  await manager.query(
    `INSERT INTO case_teams (case_id, client_id, team, changed_at, concern_id, shut_out) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (case_id) DO UPDATE SET concern_id = excluded.concern_id, shut_out = excluded.shut_out`,
    [caseId, clientId, [officerId], openedAt, concernId, shutOut],
  );
});

const keepTeam = handling(caseMessages.teamChanged, async ({ data }, { manager }) => {
  const { caseId, clientId, team, changedAt } = data;
  await manager.query(
    `INSERT INTO case_teams (case_id, client_id, team, changed_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT (case_id) DO UPDATE
     SET client_id = excluded.client_id, team = excluded.team, changed_at = excluded.changed_at`,
    [caseId, clientId, team, changedAt],
  );
});

/** Comes after the opening of its case: before that nobody can recuse from it. */
const keepRecusal = handling(caseMessages.officerRecused, async ({ data: { caseId, staffId } }, { manager }) => {
  await manager.query(
    `UPDATE case_teams SET recused = array_append(recused, $2) WHERE case_id = $1 AND NOT recused @> ARRAY[$2]::text[]`,
    [caseId, staffId],
  );
});

const closed = 'UPDATE case_teams SET closed_at = $2 WHERE case_id = $1';
const keepClosure = handling(caseMessages.caseClosed, async ({ data: { caseId, closedAt } }, { manager }) => {
  await manager.query(closed, [caseId, closedAt]);
});
const keepReopening = handling(caseMessages.caseReopened, async ({ data: { caseId } }, { manager }) => {
  await manager.query(closed, [caseId, null]);
});

/**
 * Keeps a service's own copy, in its table `case_teams`, of who works on which client's case, who has recused from it, whom its
 * reporter shuts out, and since when it is closed.
 */
export const keepCaseTeams = [keepMarks, keepTeam, keepRecusal, keepClosure, keepReopening];

/** What the copy says of these cases, or of the cases of these clients. */
export async function knownCases(
  dataSource: Pick<DataSource, 'query'>,
  by: 'case_id' | 'client_id',
  ids: readonly string[],
): Promise<readonly KnownCase[]> {
  const rows = await dataSource.query<
    {
      case_id: string;
      client_id: string;
      team: string[];
      recused: string[];
      concern_id: string | null;
      shut_out: string[];
    }[]
  >(`SELECT case_id, client_id, team, recused, concern_id, shut_out FROM case_teams WHERE ${by} = ANY($1)`, [ids]);
  return rows.map(({ case_id: caseId, client_id: clientId, team, recused, concern_id, shut_out: shutOut }) => ({
    ...{ caseId, clientId, team, recused, shutOut },
    concernId: concern_id ?? undefined,
  }));
}
