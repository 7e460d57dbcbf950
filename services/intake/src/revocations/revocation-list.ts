import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Revocation, REVOCATIONS_REMEMBERED_SECONDS, revokedSubject } from '@waymark/access';

/** Whose tokens were taken back: those of members of staff by their id, sessions from a receipt by their own or by its name. */
@Injectable()
export class RevocationList {
  constructor(private readonly dataSource: DataSource) {}

  /** Tokens issued until the moment that it answers are no longer good. A repeat of the command keeps the first moment. */
  async add(commandId: string, id: string): Promise<Date> {
    const [row] = await this.dataSource.query<{ before: Date }[]>(
      `INSERT INTO access_revocations (command_id, person_id) VALUES ($1, $2)
       ON CONFLICT (command_id) DO UPDATE SET command_id = excluded.command_id
       RETURNING before`,
      [commandId, id],
    );
    if (!row) throw new Error('the revocation was not stored');
    return row.before;
  }

  /** Those of which a token may still live; what is older tells nobody anything. */
  async recent(): Promise<Revocation[]> {
    const rows = await this.dataSource.query<{ person_id: string; before: Date }[]>(
      `SELECT person_id, max(before) AS before FROM access_revocations
       WHERE before > clock_timestamp() - $1 * interval '1 second' GROUP BY person_id`,
      [REVOCATIONS_REMEMBERED_SECONDS],
    );
    return rows.map(({ person_id, before }) => ({ subject: revokedSubject(person_id), before: before.toISOString() }));
  }
}
