import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { roles, units } from '@waymark/contracts';
import { ACCESS_TOKEN_SECONDS, API_RESOURCE, CLI_CLIENT_ID, demoPeople, PORTAL_CLIENT_ID } from '@waymark/identity';
import { services } from '@waymark/provision';

const realm = JSON.parse(await readFile(join(process.cwd(), 'infra', 'keycloak', 'waymark-realm.json'), 'utf8'));

interface Client {
  readonly clientId: string;
  readonly secret?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly protocolMappers: readonly { readonly name: string; readonly config: Readonly<Record<string, string>> }[];
}
const clients: readonly Client[] = realm.clients;
const mapperOf = (client: Client, name: string) =>
  client.protocolMappers.find((mapper) => mapper.name === name)?.config;

describe('The Keycloak realm', () => {
  it('has the roles and units of the code lists', () => {
    expect(realm.roles.realm.map(({ name }: { name: string }) => name)).toEqual([...roles]);
    const [{ config }] = realm.components['org.keycloak.userprofile.UserProfileProvider'];
    const profile: { attributes: { name: string; permissions: object; validations?: object }[] } = JSON.parse(
      config['kc.user.profile.config'][0],
    );
    expect(profile.attributes.find(({ name }) => name === 'unit')).toMatchObject({
      validations: { options: { options: [...units] } },
      permissions: { edit: ['admin'] },
    });
  });

  it('has the demo people of the embedded identity, under the same subjects', () => {
    const people = demoPeople.map(({ id, username, name, roles: realmRoles, unit }) => ({
      id,
      username,
      name,
      realmRoles,
      unit,
    }));
    const users = realm.users.map(
      (user: {
        id: string;
        username: string;
        firstName: string;
        lastName: string;
        realmRoles: string[];
        attributes?: { unit: string[] };
      }) => ({
        id: user.id,
        username: user.username,
        name: `${user.firstName} ${user.lastName}`,
        realmRoles: user.realmRoles,
        unit: user.attributes?.unit[0],
      }),
    );
    expect(users).toEqual(people);
  });

  it('has a client for scripts, the portal and each service, whose tokens are as the services expect them', () => {
    const names = [CLI_CLIENT_ID, PORTAL_CLIENT_ID, ...services.map(({ name }) => `waymark-${name}`)];
    expect(clients.map(({ clientId }) => clientId)).toEqual(names);
    for (const client of clients) {
      expect(mapperOf(client, 'audience')).toMatchObject({ 'included.custom.audience': API_RESOURCE });
      expect(client.attributes['access.token.header.type.rfc9068']).toBe('true');
    }
    for (const { name } of services) {
      const client = clients.find(({ clientId }) => clientId === `waymark-${name}`);
      expect(client && mapperOf(client, 'service')).toMatchObject({ 'claim.name': 'service', 'claim.value': name });
    }
    expect(realm.accessTokenLifespan).toBe(ACCESS_TOKEN_SECONDS);
  });

  it('lets no person in without a second factor, and none with a code that was used', () => {
    const flowOf = (alias: string) =>
      realm.authenticationFlows.find((flow: { alias: string }) => flow.alias === alias).authenticationExecutions;
    const required = (alias: string) =>
      flowOf(alias)
        .filter(({ requirement }: { requirement: string }) => requirement === 'REQUIRED')
        .map(({ authenticator }: { authenticator: string }) => authenticator);
    expect(flowOf(realm.browserFlow)).toMatchObject([
      { authenticator: 'auth-cookie', requirement: 'ALTERNATIVE' },
      { flowAlias: 'password and second factor', requirement: 'ALTERNATIVE' },
    ]);
    expect(required('password and second factor')).toEqual(['auth-username-password-form', 'auth-otp-form']);
    expect(required(realm.directGrantFlow)).toEqual([
      'direct-grant-validate-username',
      'direct-grant-validate-password',
      'direct-grant-validate-otp',
    ]);
    expect(realm.otpPolicyCodeReusable).toBe(false);
  });

  it('says in the tokens of people that they showed a second factor', () => {
    const codes = realm.authenticationFlows
      .flatMap((flow: { authenticationExecutions: object[] }) => flow.authenticationExecutions)
      .filter(({ authenticator }: { authenticator?: string }) => authenticator?.includes('otp'));
    expect(codes).toHaveLength(2);
    for (const { authenticatorConfig } of codes) {
      const named = realm.authenticatorConfig.find(({ alias }: { alias: string }) => alias === authenticatorConfig);
      expect(named.config['default.reference.value']).toBe('otp');
    }
    for (const id of [CLI_CLIENT_ID, PORTAL_CLIENT_ID]) {
      const client = clients.find(({ clientId }) => clientId === id);
      expect(client && mapperOf(client, 'factors')).toMatchObject({ 'access.token.claim': 'true' });
    }
  });

  it('holds no secret and no password', () => {
    for (const { secret } of clients) expect(secret ?? '${}').toMatch(/^\$\{.*\}$/);
    for (const { credentials } of realm.users) {
      expect(credentials[0].value).toBe('${WAYMARK_DEMO_PASSWORD}');
      expect(JSON.parse(credentials[1].secretData)).toEqual({ value: '${WAYMARK_DEMO_TOTP_SECRET}' });
    }
  });
});
