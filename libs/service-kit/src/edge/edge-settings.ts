import { isIP } from 'node:net';
import { EnvError, makeValidator, num, str } from 'envalid';
import { ConfigError } from '../config-error.js';
import { fromOne } from '../from-one.js';

const origins = makeValidator<string>((value) => {
  if (!listed(value).every((origin) => URL.canParse(origin) && new URL(origin).origin === origin))
    throw new EnvError('must be origins such as https://portal.example.org, several separated by commas');
  return value;
});

const namedProxies: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

/** An address, a CIDR block, or a name that proxy-addr knows; never everybody, since then whoever writes the header is believed. */
function isProxy(name: string): boolean {
  if (namedProxies.includes(name)) return true;
  const [address = '', bits, ...more] = name.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

const proxies = makeValidator<string>((value) => {
  if (!listed(value).every(isProxy))
    throw new EnvError(
      `must be addresses, blocks such as 10.0.0.0/8, or ${namedProxies.join(', ')}, several separated by commas`,
    );
  return value;
});

/** How a service meets whoever calls it over HTTP. */
export const edgeVariables = {
  TRUSTED_PROXIES: proxies({ default: '', desc: 'whose X-Forwarded-For is believed, separated by commas' }),
  CORS_ORIGINS: origins({ default: '', desc: 'origins whose pages may call from a browser, separated by commas' }),
  RATE_LIMIT_PRINCIPAL: fromOne({ default: 6_000, desc: 'requests a minute of one person, in each instance' }),
  RATE_LIMIT_ADDRESS: fromOne({ default: 6_000, desc: 'requests a minute without a good token, of one address' }),
  REQUEST_TIMEOUT_SECONDS: num({ default: 30, desc: 'within which a request must have come in' }),
  TLS_CERT_FILE: str({ default: undefined, desc: 'certificate with its chain, PEM; the service then speaks HTTPS' }),
  TLS_KEY_FILE: str({ default: undefined, desc: 'private key of the certificate, PEM' }),
};

/** Read from the variables above; what is not set is absent. */
export interface EdgeSettings {
  readonly TRUSTED_PROXIES: string;
  readonly CORS_ORIGINS: string;
  readonly RATE_LIMIT_PRINCIPAL: number;
  readonly RATE_LIMIT_ADDRESS: number;
  readonly REQUEST_TIMEOUT_SECONDS: number;
  readonly TLS_CERT_FILE?: string | undefined;
  readonly TLS_KEY_FILE?: string | undefined;
}

export const originsOf = listed;

/** `false` when nobody is trusted: the caller is then whoever connects, whatever a header says. */
export function proxiesOf({ TRUSTED_PROXIES }: Pick<EdgeSettings, 'TRUSTED_PROXIES'>): string[] | false {
  const trusted = listed(TRUSTED_PROXIES);
  return trusted.length > 0 && trusted;
}

function listed(list: string): string[] {
  return list.split(',').flatMap((each) => (each.trim() === '' ? [] : [each.trim()]));
}

/** The two files of TLS, or nothing. Throws a `ConfigError` when only one is named. */
export function tlsFilesOf({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key }: EdgeSettings): TlsFiles | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined) throw new ConfigError('TLS_CERT_FILE: needed with TLS_KEY_FILE');
  if (key === undefined) throw new ConfigError('TLS_KEY_FILE: needed with TLS_CERT_FILE');
  return { cert, key };
}

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}
