import type { IdentityClients } from './clients.js';

export interface IdentityConfig {
  readonly port: number;
  readonly host: string;
  readonly issuer?: string;
  readonly dataDir: string;
  readonly clients: IdentityClients;
}

type Environment = Readonly<Record<string, string | undefined>>;

const services = ['intake', 'case', 'consent', 'referral', 'reporting', 'audit'] as const;
const MIN_SECRET_LENGTH = 16;

/** Reads the process's configuration; throws naming the variable that is wrong. */
export function configFrom(environment: Environment): IdentityConfig {
  const port = Number(environment.IDENTITY_PORT ?? '3010');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('IDENTITY_PORT must be a port number');
  const issuer = environment.IDENTITY_ISSUER;
  if (issuer !== undefined && !URL.canParse(issuer)) throw new Error('IDENTITY_ISSUER must be a URL');
  const redirectUris = listed(environment.IDENTITY_PORTAL_REDIRECT_URIS);
  const secret = environment.IDENTITY_PORTAL_SECRET;
  return {
    port,
    host: environment.IDENTITY_HOST ?? '127.0.0.1',
    ...(issuer === undefined ? {} : { issuer }),
    dataDir: environment.IDENTITY_DATA_DIR ?? '.waymark/identity',
    clients: {
      services: Object.fromEntries(services.map((service) => [service, secretOf(service, environment)])),
      ...(redirectUris.length > 0 ? { portal: { redirectUris, ...(secret === undefined ? {} : { secret }) } } : {}),
    },
  };
}

function secretOf(service: string, environment: Environment): string {
  const name = `IDENTITY_SECRET_${service.toUpperCase()}`;
  const secret = environment[name];
  if (secret === undefined || secret.length < MIN_SECRET_LENGTH) {
    throw new Error(`${name} must be set to at least ${MIN_SECRET_LENGTH} characters`);
  }
  return secret;
}

const listed = (value: string | undefined): readonly string[] =>
  (value ?? '').split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
