import type { DataSource, EntityManager } from 'typeorm';
import { type Generation, pathTo, schemaOf } from './generation.js';

/** Where a running projection stands: `stored` is what the row said last, and from there to `seen` there was nothing to apply. */
export interface Standing {
  readonly stored: bigint;
  readonly seen: bigint;
}

/**
 * Moves the checkpoint, keeps its row locked until the transaction ends, and lets what follows in it write to the generation's own
 * tables; false, and nothing moved, when another instance has gone further, somebody has set it back, or it has changed its state.
 */
export async function moveCheckpoint(
  manager: EntityManager,
  generation: Generation,
  { stored, seen }: Standing,
  to: bigint,
): Promise<boolean> {
  const [moved] = await manager.query<[object[], number]>(
    // What a crash loses is folded again from the log, so these commits need not wait for the disk.
    `UPDATE view_generations SET position = $2, stopped_at = NULL, stopped_because = NULL
     WHERE id = $1 AND state = $3 AND position BETWEEN $4 AND $5
     RETURNING set_config('synchronous_commit', 'off', true), set_config('search_path', $6, true)`,
    [generation.id, String(to), generation.state, String(stored), String(seen), pathTo(schemaOf(generation))],
  );
  return moved.length > 0;
}

/** Notes where and why the projection cannot go on. */
export async function noteStop(dataSource: DataSource, { id }: Generation, at: bigint, because: string): Promise<void> {
  await dataSource.query(`UPDATE view_generations SET stopped_at = $2, stopped_because = $3 WHERE id = $1`, [
    id,
    String(at),
    because,
  ]);
}

/** Notes what the generation is folded from: by that other releases, which may not know its view, see whether it is behind. */
export async function noteCategories(
  dataSource: DataSource,
  { id }: Generation,
  categories: readonly string[],
): Promise<void> {
  await dataSource.query(
    'UPDATE view_generations SET categories = $2 WHERE id = $1 AND categories IS DISTINCT FROM $2::text[]',
    [id, categories],
  );
}
