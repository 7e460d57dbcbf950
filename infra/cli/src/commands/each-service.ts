import { DatabaseUnreachable, exitCodeOf, exitCodes, reasonOf, WrongUse } from '../exit-codes.js';
import type { CommandContext } from './command-context.js';
import type { Target } from './target.js';

/** A service of which nothing can be told, and why. */
export interface NotShown {
  readonly service: string;
  readonly reason: string;
}

export interface OfEach<Result> {
  readonly shown: readonly Result[];
  readonly notShown: readonly NotShown[];
}

/**
 * Looks at each service. One that cannot be looked at keeps none of the others from being shown: it is named at the end, and the command
 * ends with 3, or with 1 where it is a fault. Where it is the only one that was asked for, its error is the command's.
 */
export async function ofEach<Result>(
  targets: readonly Target[],
  { terminal, end }: CommandContext,
  look: (target: Target) => Promise<Result>,
): Promise<OfEach<Result>> {
  const shown: Result[] = [];
  const failures: Failure[] = [];
  for (const target of targets)
    try {
      shown.push(await look(target));
    } catch (error) {
      failures.push(failureOf(target, error, targets));
    }
  for (const { service, reason } of failures) terminal.stderr.write(`${service} is not shown: ${reason}\n`);
  if (failures.length > 0)
    end(
      failures.some(({ code }) => code === exitCodes.faultFound) ? exitCodes.faultFound : exitCodes.databaseUnreachable,
    );
  return { shown, notShown: failures.map(({ service, reason }) => ({ service, reason })) };
}

/**
 * Looks at one service after the other until one has what is looked for, which answers something else than undefined. Refuses when none
 * has, as unreachable where some could not be looked at.
 */
export async function firstThatHas<Result>(
  targets: readonly Target[],
  missing: () => string,
  look: (target: Target) => Promise<Result | undefined>,
): Promise<Result> {
  const failures: Failure[] = [];
  for (const target of targets)
    try {
      const result = await look(target);
      if (result !== undefined) return result;
    } catch (error) {
      failures.push(failureOf(target, error, targets));
    }
  if (failures.length === 0) throw new WrongUse(missing());
  const lines = failures.map(({ service, reason }) => `\n${service} could not be asked: ${reason}`);
  throw new DatabaseUnreachable(missing() + lines.join(''));
}

interface Failure extends NotShown {
  readonly code: ReturnType<typeof exitCodeOf>;
}

/** Throws what is no matter of the service, and what is of the only one. */
function failureOf({ definition }: Target, error: unknown, targets: readonly Target[]): Failure {
  const code = exitCodeOf(error);
  if (code === undefined || targets.length === 1) throw error;
  return { service: definition.name, reason: reasonOf(error), code };
}
