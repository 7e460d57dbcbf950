import type { BuildOptions, Generation, Projection } from '@waymark/projections';
import type { OpenedViews } from '@waymark/service-kit';
import { DatabaseUnreachable, FaultFound, WrongUse } from '../../exit-codes.js';
import { asUnreachable } from '../../service-database.js';
import type { Target } from '../target.js';
import { type TargetOptions, targetWith } from './targets.js';

export interface OpenedView {
  readonly projection: Projection;
  readonly views: OpenedViews;
  readonly options: BuildOptions;
  readonly service: string;
}

/** Opens what a view needs, does `work`, closes it; failures that a person can do something about get an exit code. */
export async function withView<Result>(
  name: string,
  where: TargetOptions,
  work: (view: OpenedView) => Promise<Result>,
): Promise<Result> {
  const target = await targetWith(name, where);
  return withViews(target, (views) => {
    const projection = views.projections.find((each) => each.name === name);
    if (!projection) throw new WrongUse(`there is no view ${name}`);
    return work({ projection, views, options: views.build(projection), service: target.definition.name });
  });
}

export async function withViews<Result>(
  { definition, environment }: Target,
  work: (views: OpenedViews) => Promise<Result>,
): Promise<Result> {
  const { CannotReach, ConfigError, openViews } = await import('@waymark/service-kit');
  const { KeyFileError, KeyProviderError } = await import('@waymark/privacy');
  const { BeingBuilt, CannotApply, CannotPlace, NothingToPlace, TakenElsewhere } = await import('@waymark/projections');
  try {
    const views = await openViews(definition, environment);
    try {
      await demandStarted(views, definition.name);
      return await work(views);
    } finally {
      await views.close();
    }
  } catch (error) {
    if (error instanceof CannotReach) throw new DatabaseUnreachable(error.message, { cause: error });
    if (error instanceof ConfigError || error instanceof NothingToPlace)
      throw new WrongUse(error.message, { cause: error });
    if (error instanceof CannotApply)
      throw new FaultFound(`stopped at the event at position ${error.position}: ${error.message}`, { cause: error });
    if (error instanceof KeyFileError || error instanceof KeyProviderError)
      throw new FaultFound(error.message, { cause: error });
    if (error instanceof BeingBuilt || error instanceof CannotPlace || error instanceof TakenElsewhere)
      throw new FaultFound(error.message, { cause: error });
    throw asUnreachable(error);
  }
}

async function demandStarted({ dataSource }: OpenedViews, service: string): Promise<void> {
  const [row] = await dataSource.query<{ there: boolean }[]>(
    `SELECT to_regclass('public.view_generations') IS NOT NULL AS there`,
  );
  if (!row?.there) throw new WrongUse(`${service} has not been started on this database by this release yet`);
}

/** A generation as it is printed, positions as text because they may go beyond 2^53. */
export const told = ({ version, state, position, stoppedAt, stoppedBecause }: Generation, schema: string) => ({
  ...{ version, state, position: String(position), schema },
  ...(stoppedAt === undefined ? {} : { stoppedAt: String(stoppedAt) }),
  ...(stoppedBecause === undefined ? {} : { stoppedBecause }),
});
