import { Provider, type Configuration } from 'oidc-provider';
import { API_RESOURCE, ACCESS_TOKEN_SECONDS, apiResource } from './api-resource.js';
import { clientMetadata, serviceOf, type IdentityClients } from './clients.js';
import type { DemoPerson } from './demo-people.js';
import type { IdentityKeys } from './identity-keys.js';
import { serveLogin } from './login.js';
import { createMemoryStore } from './memory-adapter.js';
import { errorPage, pageHeaders } from './pages.js';
import { allowPasswordGrant } from './password-grant.js';
import type { PeopleDirectory } from './people-directory.js';

const WORKING_DAY_SECONDS = 12 * 3_600;

/** The issuer itself: authorization code with PKCE, refresh, client credentials, and the demo's password grant. */
export function createProvider(options: {
  readonly issuer: string;
  readonly directory: PeopleDirectory;
  readonly clients: IdentityClients;
  readonly keys: IdentityKeys;
}): Provider {
  const provider = new Provider(options.issuer, configuration(options));
  allowPasswordGrant(provider, options.directory);
  serveLogin(provider, options.directory);
  return provider;
}

const configuration = ({ directory, clients, keys }: Parameters<typeof createProvider>[0]): Configuration => ({
  adapter: createMemoryStore(),
  clients: clientMetadata(clients),
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
  jwks: keys.jwks,
  cookies: { keys: [...keys.cookieKeys] },
  scopes: ['openid', 'profile', 'offline_access'],
  claims: { openid: ['sub'], profile: ['name', 'preferred_username', 'preferred_language', 'roles', 'unit'] },
  pkce: { required: () => true },
  responseTypes: ['code'],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => API_RESOURCE,
      getResourceServerInfo: () => apiResource,
      useGrantedResource: () => true,
    },
  },
  ttl: {
    AccessToken: ACCESS_TOKEN_SECONDS,
    ClientCredentials: ACCESS_TOKEN_SECONDS,
    IdToken: ACCESS_TOKEN_SECONDS,
    Interaction: 600,
    Grant: WORKING_DAY_SECONDS,
    RefreshToken: WORKING_DAY_SECONDS,
    Session: WORKING_DAY_SECONDS,
  },
  interactions: { url: (_ctx, interaction) => `/login/${interaction.uid}` },
  issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
  clientBasedCORS: () => false,
  // All clients are our own: signing in is the consent.
  loadExistingGrant: async (ctx) => {
    const { client, session } = ctx.oidc;
    if (!client || !session?.accountId) return undefined;
    const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid profile offline_access');
    grant.addResourceScope(API_RESOURCE, apiResource.scope);
    await grant.save();
    return grant;
  },
  findAccount: (_ctx, id) => {
    const person = directory.byId(id);
    return (
      person && { accountId: id, claims: () => ({ sub: id, ...claimsOf(person), preferred_username: person.username }) }
    );
  },
  extraTokenClaims: (_ctx, token) => {
    if (token.kind === 'ClientCredentials') return { service: serviceOf(token.clientId ?? '', clients) };
    const person = directory.byId(token.accountId);
    return person && claimsOf(person);
  },
  renderError: (ctx, out) => {
    ctx.set({ ...pageHeaders() });
    ctx.body = errorPage(out.error);
  },
});

const claimsOf = ({ name, roles, unit, languages }: DemoPerson) => ({
  name,
  roles: [...roles],
  unit,
  preferred_language: languages[0],
});
