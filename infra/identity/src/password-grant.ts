import { errors, type Provider } from 'oidc-provider';
import { ACCESS_TOKEN_SECONDS, API_RESOURCE, apiResourceInstance } from './api-resource.js';
import type { PeopleDirectory } from './people-directory.js';

/**
 * Lets scripts get a person's token with one request, as Keycloak's direct access grant does. For demos only: OAuth 2.1 dropped
 * it because the client sees the password.
 */
export function allowPasswordGrant(provider: Provider, directory: PeopleDirectory): void {
  provider.registerGrantType<{ readonly username?: string; readonly password?: string }>(
    'password',
    async (ctx) => {
      const { client, params } = ctx.oidc;
      const person = directory.authenticate(params.username, params.password);
      if (!person) throw new errors.InvalidGrant('unknown user name or wrong password');

      const grantId = await new provider.Grant({ clientId: client.clientId, accountId: person.id }).save();
      const source = { client, accountId: person.id, grantId, gty: 'password' };
      const access = new provider.AccessToken({ ...source, resourceServer: apiResourceInstance });
      const refresh = new provider.RefreshToken({ ...source, resource: API_RESOURCE, scope: '', rotations: 0 });
      ctx.body = {
        access_token: await access.save(),
        token_type: 'Bearer',
        expires_in: ACCESS_TOKEN_SECONDS,
        refresh_token: await refresh.save(),
      };
    },
    ['username', 'password', 'scope'],
  );
}
