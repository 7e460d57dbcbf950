/**
 * Asks for the `history` that a PostgreSQL server goes by: one that was restored, and a standby that has taken over, begin another. What
 * was committed last under the one before may be missing then.
 */
export const askForHistory = `select s.system_identifier || '/' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8) as history
  from pg_control_system() s`;
