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
  readonly isClosed: boolean;
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

const changed = `UPDATE case_teams SET client_id = $2, team = $3, changed_at = $4, revision = $5
  WHERE case_id = $1 AND (revision IS NULL OR $5 > revision)`;
/**
 * Of two of a case the later one holds, in whichever order they come. Of a case whose opening was never told nothing is kept: nobody
 * would know whom its reporter shuts out, and nobody is let in before.
 */
const keepTeam = handling(caseMessages.teamChanged, async ({ data }, { manager }) => {
  const { caseId, clientId, team, changedAt, revision } = data;
  await manager.query(changed, [caseId, clientId, team, changedAt, revision]);
});

const recused = `UPDATE case_teams SET recused = array_append(recused, $2)
  WHERE case_id = $1 AND NOT recused @> ARRAY[$2]::text[]`;
/** Comes after the opening of its case: before that nobody can recuse from it. */
const keepRecusal = handling(caseMessages.officerRecused, async ({ data: { caseId, staffId } }, { manager }) => {
  await manager.query(recused, [caseId, staffId]);
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
      is_closed: boolean;
    }[]
  >(
    `SELECT case_id, client_id, team, recused, concern_id, shut_out, closed_at IS NOT NULL AS is_closed
     FROM case_teams WHERE ${by} = ANY($1)`,
    [ids],
  );
  return rows.map(({ case_id: caseId, client_id: clientId, team, recused, shut_out: shutOut, ...row }) => ({
    ...{ caseId, clientId, team, recused, shutOut },
    concernId: row.concern_id ?? undefined,
    isClosed: row.is_closed,
  }));
}

/** What the case service tells the others at once, beside the message that says the same. */
export interface TeamTold {
  /** Of which the case came, if of one. */
  readonly concernId?: string;
  readonly clientId: string;
  readonly team: readonly string[];
  readonly changedAt: string;
  /** Of the case, after the change. */
  readonly revision: number;
  /** Who has stepped back by it. */
  readonly recused?: string;
}

/** Takes it into the copy, as its message will; answers whether the case was known. */
export const hearOfTeam = (
  dataSource: Pick<DataSource, 'transaction'>,
  caseId: string,
  { clientId, team, changedAt, revision, recused: staffId }: TeamTold,
): Promise<boolean> =>
  dataSource.transaction(async (manager) => {
    const found = await manager.query<unknown[]>('SELECT 1 FROM case_teams WHERE case_id = $1 FOR UPDATE', [caseId]);
    if (found.length === 0) return false;
    await manager.query(changed, [caseId, clientId, team, changedAt, revision]);
    if (staffId !== undefined) await manager.query(recused, [caseId, staffId]);
    return true;
  });
