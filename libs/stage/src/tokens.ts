import type { ProvisionedEnvironment } from '@waymark/provision';

/** Secret of each service's client at the issuer. */
export const clientSecrets = (environments: ReadonlyMap<string, ProvisionedEnvironment>): Record<string, string> =>
  Object.fromEntries([...environments].map(([name, environment]) => [name, String(environment.SERVICE_CLIENT_SECRET)]));

/** Access tokens of demo people, or of services (`service:referral`), each good for some time yet. */
export function createTokens(issuer: string, environments: ReadonlyMap<string, ProvisionedEnvironment>) {
  const known = new Map<string, { readonly token: string; readonly until: number }>();
  return async (who: string): Promise<string> => {
    const cached = known.get(who);
    if (cached && cached.until > Date.now()) return cached.token;
    const service = who.startsWith('service:') ? who.slice('service:'.length) : undefined;
    const form: Record<string, string> = service
      ? {
          grant_type: 'client_credentials',
          client_id: `waymark-${service}`,
          client_secret: String(environments.get(service)?.SERVICE_CLIENT_SECRET),
        }
      : { grant_type: 'password', client_id: 'waymark-cli', username: who, password: 'waymark-demo' };
    const response = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
    const answer = (await response.json()) as { access_token?: string };
    if (!answer.access_token) throw new Error(`no token for ${who}: ${JSON.stringify(answer)}`);
    known.set(who, { token: answer.access_token, until: Date.now() + 120_000 });
    return answer.access_token;
  };
}
