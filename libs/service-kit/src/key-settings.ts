import { readFileSync } from 'node:fs';
import { bool, num, str, url } from 'envalid';
import {
  type KeyProvider,
  KeyFileError,
  KeyProviderError,
  openKeyFile,
  openVaultKeys,
  type VaultOptions,
} from '@waymark/privacy';
import { ConfigError } from './config-error.js';

type Environment = Readonly<Record<string, unknown>>;
const ofVault = ({ KEYS }: Environment): boolean => KEYS === 'vault';

/** How a Vault or OpenBao is reached. */
export const vaultVariables = {
  VAULT_ADDR: url({ default: undefined, requiredWhen: ofVault, desc: 'Vault or OpenBao, when KEYS is vault' }),
  VAULT_TOKEN_FILE: str({ default: undefined, desc: 'file in which its token is kept fresh' }),
  VAULT_TOKEN: str({ default: undefined, desc: 'its token, in place of VAULT_TOKEN_FILE' }),
  VAULT_CACERT: str({ default: undefined, desc: 'its certificate authority, PEM; else those known' }),
  VAULT_NAMESPACE: str({ default: undefined, desc: 'its namespace' }),
  VAULT_TRANSIT_MOUNT: str({ default: 'transit', desc: 'where its Transit engine is mounted' }),
  VAULT_TRANSIT_KEY: str({ default: undefined, desc: 'name of the Transit key; waymark-<service> unless given' }),
};

/** Where a service's wrapping keys are. */
export const keyVariables = {
  KEYS: str({ choices: ['file', 'vault'] as const, default: 'file', desc: 'what wraps the keys of the sealed fields' }),
  KEY_FILE: str({
    default: undefined,
    requiredWhen: (environment: Environment) => !ofVault(environment),
    desc: "file with the service's wrapping keys, readable by the service only",
  }),
  ...vaultVariables,
  KEYS_LOST: bool({
    default: false,
    desc: 'what is missing of the keys is lost for good: what was sealed under it reads as erased',
  }),
  KEY_BACKUP_DAYS: num({ default: 30, desc: 'how long backups of the data keys are kept: told by every erasure' }),
};

/** Read from the variables above; what is not set is absent. */
export interface KeySettings {
  readonly KEYS: 'file' | 'vault';
  readonly KEY_FILE?: string | undefined;
  readonly VAULT_ADDR?: string | undefined;
  readonly VAULT_TOKEN_FILE?: string | undefined;
  readonly VAULT_TOKEN?: string | undefined;
  readonly VAULT_CACERT?: string | undefined;
  readonly VAULT_NAMESPACE?: string | undefined;
  readonly VAULT_TRANSIT_MOUNT: string;
  readonly VAULT_TRANSIT_KEY?: string | undefined;
}

/** The Transit key of a service, unless it is told another. */
export const transitKeyOf = (service: string): string => `waymark-${service}`;

/** The key provider that the settings choose. Rejects with a `ConfigError` that names the variable, never a value of a secret. */
export async function openKeys(
  service: string,
  settings: KeySettings,
  onTrouble?: VaultOptions['onTrouble'],
): Promise<KeyProvider> {
  switch (settings.KEYS) {
    case 'file':
      return openKeyFile({ path: settings.KEY_FILE ?? '' }).catch((error: unknown) => {
        throw error instanceof KeyFileError ? new ConfigError(`KEY_FILE: ${error.message}`) : error;
      });
    case 'vault':
      return openVaultKeys({ ...vaultOptions(service, settings), ...(onTrouble && { onTrouble }) }).catch(
        (error: unknown) => {
          throw error instanceof KeyProviderError ? new ConfigError(`${variableFor(error)}: ${error.message}`) : error;
        },
      );
  }
}

/** How a service, or whoever acts for it, reaches its key in Vault. Throws a `ConfigError`. */
export function vaultOptions(service: string, settings: KeySettings): VaultOptions {
  const { VAULT_ADDR: address = '', VAULT_CACERT, VAULT_NAMESPACE: namespace } = settings;
  const { protocol, hostname } = new URL(address);
  if (protocol !== 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname))
    throw new ConfigError('VAULT_ADDR: must be https, except on this very machine');
  return {
    address,
    token: tokenOf(settings),
    key: settings.VAULT_TRANSIT_KEY ?? transitKeyOf(service),
    mount: settings.VAULT_TRANSIT_MOUNT,
    ...(namespace === undefined ? {} : { namespace }),
    ...(VAULT_CACERT === undefined ? {} : { certificateAuthority: contentOf(VAULT_CACERT) }),
  };
}

function tokenOf({ VAULT_TOKEN: value, VAULT_TOKEN_FILE: path }: KeySettings): VaultOptions['token'] {
  if (value !== undefined && path !== undefined)
    throw new ConfigError('VAULT_TOKEN: give this or VAULT_TOKEN_FILE, not both');
  if (path !== undefined) return { path };
  if (value !== undefined) return { value };
  throw new ConfigError('VAULT_TOKEN_FILE: this or VAULT_TOKEN is needed when KEYS is vault');
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new ConfigError('VAULT_CACERT: the file cannot be read');
  }
}

/** The variable that an operator looks at first. */
function variableFor({ code }: KeyProviderError): string {
  switch (code) {
    case 'denied':
      return 'VAULT_TOKEN_FILE';
    case 'unknown_key':
    case 'retired':
    case 'altered':
      return 'VAULT_TRANSIT_KEY';
    case 'unavailable':
    case 'unexpected':
      return 'VAULT_ADDR';
  }
}
