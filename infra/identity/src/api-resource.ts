import type { ResourceServer, ResourceServerInstance } from 'oidc-provider';

/** Audience of every access token. */
export const API_RESOURCE = 'urn:waymark:api';

export const ACCESS_TOKEN_SECONDS = 300;

/** The one resource there is: what its access tokens look like (RFC 9068). */
export const apiResource: ResourceServer = {
  scope: 'waymark',
  audience: API_RESOURCE,
  accessTokenTTL: ACCESS_TOKEN_SECONDS,
  accessTokenFormat: 'jwt',
  jwt: { sign: { alg: 'ES256' } },
};

/** The same as the provider's own grants would set it on a token. */
export const apiResourceInstance: ResourceServerInstance = {
  ...apiResource,
  scopes: new Set([apiResource.scope]),
  identifier: () => API_RESOURCE,
};
