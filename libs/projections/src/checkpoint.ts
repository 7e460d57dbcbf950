import type { DataSource, EntityManager } from 'typeorm';
import type { Projection } from './projection.js';

/** What the checkpoint's row says, made if there is none. */
export async function readCheckpoint(dataSource: DataSource, { name, version }: Projection): Promise<bigint> {
  await dataSource.query(`INSERT INTO projection_checkpoints (name, version) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    name,
    version,
  ]);
  const rows = await dataSource.query<{ position: string }[]>(
    `SELECT position FROM projection_checkpoints WHERE name = $1 AND version = $2`,
    [name, version],
  );
  return BigInt(rows[0]?.position ?? 0);
}

/** Where a running projection stands: `stored` is what the row said last, and from there to `seen` there was nothing to apply. */
export interface Standing {
  readonly stored: bigint;
  readonly seen: bigint;
}

/**
 * Moves the checkpoint and keeps its row locked until the transaction ends; false, and nothing moved, when another instance has
 * gone further or somebody has set it back for a rebuild.
 */
export async function moveCheckpoint(
  manager: EntityManager,
  { name, version }: Projection,
  { stored, seen }: Standing,
  to: bigint,
): Promise<boolean> {
  const [moved] = await manager.query<[object[], number]>(
    // What a crash loses is folded again from the log, so these commits need not wait for the disk.
    `UPDATE projection_checkpoints SET position = $3, stopped_at = NULL, stopped_because = NULL
     WHERE name = $1 AND version = $2 AND position BETWEEN $4 AND $5
     RETURNING set_config('synchronous_commit', 'off', true)`,
    [name, version, String(to), String(stored), String(seen)],
  );
  return moved.length > 0;
}

/** Notes where and why the projection cannot go on. */
export async function noteStop(
  dataSource: DataSource,
  { name, version }: Projection,
  at: bigint,
  because: string,
): Promise<void> {
  await dataSource.query(
    `UPDATE projection_checkpoints SET stopped_at = $3, stopped_because = $4 WHERE name = $1 AND version = $2`,
    [name, version, String(at), because],
  );
}
