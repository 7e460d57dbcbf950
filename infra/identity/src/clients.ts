import type { ClientMetadata } from 'oidc-provider';

export const CLI_CLIENT_ID = 'waymark-cli';
export const PORTAL_CLIENT_ID = 'waymark-portal';

export interface IdentityClients {
  /** Secret per service: `{ referral: '…' }` makes the client `waymark-referral`, whose tokens carry `service: "referral"`. */
  readonly services: Readonly<Record<string, string>>;
  /** The web application. Without a secret it is a public client; PKCE is demanded either way. */
  readonly portal?: {
    readonly secret?: string;
    readonly redirectUris: readonly string[];
    readonly postLogoutRedirectUris?: readonly string[];
  };
}

const SERVICE_PREFIX = 'waymark-';

/** Name of the service behind a client id. */
export const serviceOf = (clientId: string, clients: IdentityClients): string | undefined =>
  Object.keys(clients.services).find((service) => `${SERVICE_PREFIX}${service}` === clientId);

/** The clients as the provider registers them. */
export function clientMetadata(clients: IdentityClients): ClientMetadata[] {
  const { portal } = clients;
  return [
    {
      client_id: CLI_CLIENT_ID,
      client_name: 'Scripts',
      token_endpoint_auth_method: 'none',
      grant_types: ['password', 'refresh_token'],
      response_types: [],
      redirect_uris: [],
    },
    ...(portal ? [portalMetadata(portal)] : []),
    ...Object.entries(clients.services).map(([service, secret]): ClientMetadata => ({
      client_id: `${SERVICE_PREFIX}${service}`,
      client_secret: secret,
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    })),
  ];
}

const portalMetadata = (portal: NonNullable<IdentityClients['portal']>): ClientMetadata => ({
  client_id: PORTAL_CLIENT_ID,
  client_name: 'Portal',
  ...(portal.secret === undefined
    ? { token_endpoint_auth_method: 'none' }
    : { client_secret: portal.secret, token_endpoint_auth_method: 'client_secret_basic' }),
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  redirect_uris: [...portal.redirectUris],
  post_logout_redirect_uris: [...(portal.postLogoutRedirectUris ?? [])],
});
