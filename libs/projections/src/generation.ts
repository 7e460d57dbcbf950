import type { DataSource, EntityManager } from 'typeorm';

export type GenerationState = 'building' | 'live' | 'kept';

/** The tables of a view as they were folded from the start of the log, in a schema of their own. */
export interface Generation {
  readonly id: number;
  readonly view: string;
  readonly version: number;
  readonly state: GenerationState;
  /** Everything up to here is in its tables. */
  readonly position: bigint;
  /** The event that could not be applied, and why. */
  readonly stoppedAt?: bigint;
  readonly stoppedBecause?: string;
}

type Named = Pick<Generation, 'view' | 'version'>;

/** The live one of a version lies where its readers look; the others are known by their number. */
export const schemaOf = ({ id, state, ...named }: Pick<Generation, 'id' | 'state' | 'view' | 'version'>): string =>
  state === 'live' ? liveSchemaOf(named) : `${liveSchemaOf(named)}_g${id}`;

export const liveSchemaOf = ({ view, version }: Named): string => `${view.replaceAll('-', '_')}_v${version}`;

/** Statements in the tables of one generation name no schema. */
export const pathTo = (schema: string): string => `"${schema}", public`;

/**
 * Where a service's queries look for the tables of its views: in the live generation of its own version, and as long as that has
 * not been put in place, in that of the version before. `public` comes first so that whatever else is created goes there.
 */
export const searchPathOf = (projections: readonly { readonly name: string; readonly version: number }[]): string =>
  [
    'public',
    ...projections.flatMap(({ name, version }) =>
      Array.from({ length: version }, (_, back) => liveSchemaOf({ view: name, version: version - back })),
    ),
  ].join(',');

interface GenerationRow {
  readonly id: number;
  readonly view: string;
  readonly version: number;
  readonly state: GenerationState;
  readonly position: string;
  readonly stopped_at: string | null;
  readonly stopped_because: string | null;
}

/** All generations of a view, the newest version first. `lock`: until the transaction ends nobody moves their checkpoints. */
export async function generationsOf(
  database: DataSource | EntityManager,
  view: string,
  { lock = false } = {},
): Promise<readonly Generation[]> {
  const rows = await database.query<GenerationRow[]>(
    `SELECT id, view, version, state, position, stopped_at, stopped_because FROM view_generations
     WHERE view = $1 ORDER BY version DESC, id ${lock ? 'FOR UPDATE' : ''}`,
    [view],
  );
  return rows.map(({ id, version, state, position, stopped_at: at, stopped_because: because }) => ({
    ...{ id, view, version, state, position: BigInt(position) },
    ...(at === null ? {} : { stoppedAt: BigInt(at) }),
    ...(because === null ? {} : { stoppedBecause: because }),
  }));
}

export async function findGeneration(
  database: DataSource | EntityManager,
  { name, version }: { readonly name: string; readonly version: number },
  state: GenerationState,
): Promise<Generation | undefined> {
  const all = await generationsOf(database, name);
  return all.find((each) => each.version === version && each.state === state);
}

/** Of what readers of `version` see while they have none of their own. */
export const previousOf = (all: readonly Generation[], version: number): Generation | undefined =>
  all.find((each) => each.version < version && each.state === 'live');
