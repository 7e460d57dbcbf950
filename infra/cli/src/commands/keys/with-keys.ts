import type { OpenedKeyStore } from '@waymark/service-kit';
import { FaultFound, WrongUse } from '../../exit-codes.js';
import { asUnreachable } from '../../service-database.js';
import type { Target } from '../target.js';
import type { TargetOptions } from '../views/targets.js';
import { targetsOf } from '../views/targets.js';

/** Services that seal, hence have keys. */
export async function sealingTargets(options: TargetOptions): Promise<readonly Target[]> {
  const targets = (await targetsOf(options)).filter(({ definition }) => definition.erasure !== undefined);
  if (targets.length === 0) throw new WrongUse('none of these services seals anything: there are no keys');
  return targets;
}

/** As `sealingTargets`, for commands that change something: of one service, which has to be named. */
export async function oneSealingTarget(options: TargetOptions): Promise<Target> {
  if (options.service === undefined) throw new WrongUse('--service: name the service whose keys are meant');
  const [target] = await sealingTargets(options);
  if (!target) throw new WrongUse(`${options.service} seals nothing: it has no keys`);
  return target;
}

/** An operator's own way to Vault goes before that of the service. */
function asOperator(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { VAULT_TOKEN, VAULT_TOKEN_FILE } = process.env;
  if (VAULT_TOKEN === undefined && VAULT_TOKEN_FILE === undefined) return environment;
  return { ...environment, VAULT_TOKEN, VAULT_TOKEN_FILE };
}

/** Opens the keys of a service, does `work`, closes them; failures that a person can do something about get an exit code. */
export async function withKeys<Result>(
  { definition, environment }: Target,
  work: (keys: OpenedKeyStore, service: string) => Promise<Result>,
): Promise<Result> {
  const { ConfigError, openKeyStore } = await import('@waymark/service-kit');
  const { KeyFileError, KeyProviderError } = await import('@waymark/privacy');
  try {
    const keys = await openKeyStore(definition, asOperator(environment));
    try {
      return await work(keys, definition.name);
    } finally {
      await keys.close();
    }
  } catch (error) {
    if (error instanceof ConfigError) throw new WrongUse(error.message, { cause: error });
    if (error instanceof KeyFileError || error instanceof KeyProviderError)
      throw new FaultFound(error.message, { cause: error });
    throw asUnreachable(error);
  }
}
