import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { Option } from 'commander';
import { WrongUse } from '../../exit-codes.js';
import { firstThatHas } from '../each-service.js';
import type { Target } from '../target.js';

export interface TargetOptions {
  readonly secrets?: string;
  readonly service?: string;
}

/** Where `npm start` keeps them. */
const ofTheDemo = path.join('.waymark', 'secrets');

export const secretsOption = (): Option =>
  new Option(
    '--secrets <folder>',
    'folder with <service>/<service>.env of each service, as provisioning writes it',
  ).env('SECRETS_DIR');

export const serviceOption = (): Option =>
  new Option(
    '--service <name>',
    'this service only; where no folder is given, the environment of the shell must be its',
  );

/**
 * The services that are meant: those of the folder of secrets; else, where this process has the environment of a service, that one;
 * else those of `npm start`.
 */
export async function targetsOf({ secrets, service }: TargetOptions): Promise<readonly Target[]> {
  // Loads every service: only for the commands that need them.
  const { definitions } = await import('@waymark/services');
  const wanted = definitions.filter(({ name }) => service === undefined || name === service);
  if (wanted.length === 0)
    throw new WrongUse(`--service: one of ${definitions.map(({ name }) => name).join(', ')} is needed`);
  if (secrets === undefined && ofAService.some((name) => process.env[name] !== undefined))
    return [{ definition: ownerOf(process.env, wanted, service), environment: process.env }];
  const folder = secrets ?? ofTheDemo;
  const found = await Promise.all(
    wanted.map(async (definition) => {
      const file = path.join(folder, definition.name, `${definition.name}.env`);
      const text = await readFile(file, 'utf8').catch(() => undefined);
      return text === undefined ? [] : [{ definition, environment: parseEnv(text) }];
    }),
  );
  const targets = found.flat();
  if (targets.length === 0)
    throw new WrongUse(`no environment of a service in ${folder}: give --secrets, or --service and its environment`);
  return targets;
}

/** Whichever of these a shell has, it has the environment of a service. */
const ofAService = ['WAYMARK_SERVICE', 'DATABASE_URL', 'DATABASE_URL_FILE'];

/** The service whose environment it is: what it has leads to nobody else's views and keys. */
function ownerOf(
  { WAYMARK_SERVICE: own }: NodeJS.ProcessEnv,
  wanted: readonly Target['definition'][],
  service: string | undefined,
): Target['definition'] {
  if (own === undefined)
    throw new WrongUse(
      'WAYMARK_SERVICE: is missing, so that nobody knows whose environment this shell has: provision again, or give --secrets',
    );
  const owner = wanted.find(({ name }) => name === own);
  if (owner) return owner;
  throw new WrongUse(
    service === undefined
      ? 'WAYMARK_SERVICE: there is no such service'
      : `--service: this shell has the environment of another service than ${service}: give that of ${service}, or --secrets`,
  );
}

/** The service that has a view of this name. */
export async function targetWith(view: string, options: TargetOptions): Promise<Target> {
  const { ConfigError, viewsOf } = await import('@waymark/service-kit');
  const known: string[] = [];
  return firstThatHas(
    await targetsOf(options),
    () => `there is no view ${view}; there are ${known.join(', ')}`,
    async (target) => {
      const names = await viewsOf(target.definition, target.environment).catch((error: unknown) => {
        throw error instanceof ConfigError ? new WrongUse(error.message, { cause: error }) : error;
      });
      known.push(...names);
      return names.includes(view) ? target : undefined;
    },
  );
}
