import { readFileSync } from 'node:fs';
import { types } from 'node:util';
import { ConfigError } from './config-error.js';

/**
 * The environment with the content of `X_FILE` as `X`, for each variable `X` that is not itself declared as a file: what is secret
 * then need not stand in the environment of a process. Throws a `ConfigError` that names the variable, never what is in the file.
 */
export function fromFiles(environment: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  const read = names.flatMap((name): (readonly [string, string])[] => {
    const variable = `${name}_FILE`;
    const file = environment[variable];
    if (names.includes(variable) || file === undefined || file === '') return [];
    if (environment[name] !== undefined) throw new ConfigError(`${variable}: not beside ${name}`);
    return [[name, contentOf(variable, file)]];
  });
  return { ...environment, ...Object.fromEntries(read) };
}

/** Editors and `echo` end a file with a line feed, which no secret does. */
function contentOf(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = types.isNativeError(error) && 'code' in error ? ` (${String(error.code)})` : '';
    throw new ConfigError(`${variable}: the file cannot be read${code}`);
  }
}
