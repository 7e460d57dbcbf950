import { type KeyProvider, KeyFileError, openKeyFile } from '@waymark/privacy';
import { ConfigError } from './config.js';

/** Rejects with a `ConfigError` that names the variable. */
export const openKeys = (path: string): Promise<KeyProvider> =>
  openKeyFile({ path }).catch((error: unknown) => {
    throw error instanceof KeyFileError ? new ConfigError(`KEY_FILE: ${error.message}`) : error;
  });
