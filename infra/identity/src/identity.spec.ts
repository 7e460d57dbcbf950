import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServiceTokenSource, createTokenVerifier } from '@waymark/access';
import { roles, units } from '@waymark/contracts';
import { decodeJwt, decodeProtectedHeader, type JSONWebKeySet } from 'jose';
import { API_RESOURCE, DEMO_PASSWORD, demoPeople, startIdentity, type Identity } from './index.js';

const REDIRECT = 'http://127.0.0.1:3000/callback';
const clients = { services: { referral: 'referral-secret-0123' }, portal: { redirectUris: [REDIRECT] } };

let dataDir: string;
let identity: Identity;
const faults: Error[] = [];
const start = (port = 0) =>
  startIdentity({ port, people: demoPeople, clients, dataDir, onError: (error) => faults.push(error) });

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'waymark-identity-'));
  identity = await start();
});
afterAll(async () => {
  await identity.stop();
  await rm(dataDir, { recursive: true });
  expect(faults).toEqual([]);
});

interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token?: string;
  readonly token_type: string;
  readonly expires_in: number;
}

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(new URL(path, identity.issuer), {
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
    redirect: 'manual',
  });

const signIn = (username: string, password = DEMO_PASSWORD) =>
  post('/token', { grant_type: 'password', client_id: 'waymark-cli', username, password });

const answered = async (response: Response): Promise<TokenAnswer> => {
  const answer = (await response.json()) as TokenAnswer;
  expect([response.status, answer]).toEqual([200, expect.anything()]);
  return answer;
};

const verifier = () => createTokenVerifier({ issuer: identity.issuer, audience: API_RESOURCE });

describe('The demo people', () => {
  it('hold every role, speak for every unit, and have names of their own', () => {
    expect(new Set(demoPeople.flatMap((person) => person.roles))).toEqual(new Set(roles));
    expect(new Set(demoPeople.map((person) => person.unit).filter(Boolean))).toEqual(new Set(units));
    expect(new Set(demoPeople.map((person) => person.username)).size).toBe(demoPeople.length);
    expect(new Set(demoPeople.map((person) => person.id)).size).toBe(demoPeople.length);
  });

  it('answer in English, French, Spanish and Arabic', () => {
    const officers = demoPeople.filter((person) => person.roles.includes('officer'));
    expect(officers.flatMap((person) => person.languages)).toEqual(expect.arrayContaining(['en', 'fr', 'es', 'ar']));
  });
});

describe('A script signs a person in', () => {
  it('with one request, for an access token that the services take', async () => {
    const answer = await answered(await signIn('amina.officer'));
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
    const [amina] = demoPeople;
    expect(await verifier().verify(answer.access_token)).toEqual({
      kind: 'staff',
      id: amina?.id,
      roles: ['officer'],
      unit: 'support_desk',
    });
  });

  it('whose token is typed, short-lived and says name and language', async () => {
    const { access_token: token } = await answered(await signIn('lucia.officer'));
    const { kid, ...header } = decodeProtectedHeader(token);
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt' });
    expect(kid).toEqual(expect.any(String));
    const { iat = 0, exp = 0, ...claims } = decodeJwt(token);
    expect(exp - iat).toBe(300);
    expect(claims).toMatchObject({ aud: API_RESOURCE, name: 'Lucía Ferreyra', preferred_language: 'es' });
  });

  it('and stays signed in by the refresh token, which works once', async () => {
    const { refresh_token: refreshToken } = await answered(await signIn('kwame.officer'));
    const refresh = { grant_type: 'refresh_token', client_id: 'waymark-cli', refresh_token: refreshToken };
    const next = await answered(await post('/token', refresh));
    expect(await verifier().verify(next.access_token)).toMatchObject({ kind: 'staff', roles: ['officer'] });
    expect((await post('/token', refresh)).status).toBe(400);
  });

  it('but not with a wrong password, which is told just like an unknown name', async () => {
    const wrong = await signIn('amina.officer', 'wrong');
    const unknown = await signIn('nobody.officer');
    const empty = await post('/token', { grant_type: 'password', client_id: 'waymark-cli' });
    expect(wrong.status).toBe(400);
    const problem = await wrong.json();
    expect(problem).toMatchObject({ error: 'invalid_grant' });
    expect([unknown.status, await unknown.json()]).toEqual([400, problem]);
    expect([empty.status, await empty.json()]).toEqual([400, problem]);
  });

  it('but not as another client', async () => {
    const form = { grant_type: 'password', username: 'amina.officer', password: DEMO_PASSWORD };
    expect((await post('/token', { ...form, client_id: 'waymark-portal' })).status).toBe(400);
  });
});

describe('A service', () => {
  it('gets a token of its own that names it', async () => {
    const source = createServiceTokenSource({
      issuer: identity.issuer,
      clientId: 'waymark-referral',
      clientSecret: clients.services.referral,
    });
    const token = await source.token();
    expect(await verifier().verify(token)).toEqual({ kind: 'service', id: 'referral' });
    expect(decodeJwt(token)).toMatchObject({
      sub: 'waymark-referral',
      client_id: 'waymark-referral',
      aud: API_RESOURCE,
    });
  });

  it('gets none with a wrong secret', async () => {
    const authorization = `Basic ${Buffer.from('waymark-referral:guess').toString('base64')}`;
    expect((await post('/token', { grant_type: 'client_credentials' }, { authorization })).status).toBe(401);
  });

  it('cannot sign a person in', async () => {
    const authorization = `Basic ${Buffer.from(`waymark-referral:${clients.services.referral}`).toString('base64')}`;
    const form = { grant_type: 'password', username: 'amina.officer', password: DEMO_PASSWORD };
    expect((await post('/token', form, { authorization })).status).toBe(400);
  });
});

describe('A person signs in with a browser', () => {
  const codeVerifier = randomBytes(32).toString('base64url');
  const authorization = (changes: Record<string, string> = {}) => {
    const url = new URL('/auth', identity.issuer);
    url.search = new URLSearchParams({
      client_id: 'waymark-portal',
      response_type: 'code',
      redirect_uri: REDIRECT,
      scope: 'openid profile',
      state: 'st',
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    }).toString();
    return url;
  };

  function browser() {
    const cookies = new Map<string, string>();
    return async (url: URL, form?: Record<string, string>) => {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      return { response, next: new URL(response.headers.get('location') ?? url, url) };
    };
  }

  it('on a page that needs no script, and gets a code for tokens', async () => {
    const visit = browser();
    const { next: login } = await visit(authorization());
    const { response: page } = await visit(login);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(html).toContain('Demonstration');
    expect(html).toContain('Marek Zieliński');
    expect(html).not.toContain('<script');
    expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' http://127.0.0.1:3000`);

    const { response: wrong } = await visit(login, { username: 'ingrid.supervisor', password: 'wrong' });
    expect(wrong.status).toBe(401);
    expect(await wrong.text()).toContain('role="alert"');

    const { next: resume } = await visit(login, { username: 'ingrid.supervisor', password: DEMO_PASSWORD });
    const { next: back } = await visit(resume);
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
    expect(back.searchParams.get('state')).toBe('st');

    const exchange = {
      grant_type: 'authorization_code',
      client_id: 'waymark-portal',
      redirect_uri: REDIRECT,
      code: back.searchParams.get('code') ?? '',
      code_verifier: codeVerifier,
    };
    const tokens = await answered(await post('/token', exchange));
    expect(await verifier().verify(tokens.access_token)).toMatchObject({ kind: 'staff', roles: ['supervisor'] });
    expect(decodeJwt(tokens.id_token ?? '')).toMatchObject({ aud: 'waymark-portal', name: 'Ingrid Solberg' });
    await expect(verifier().verify(tokens.id_token ?? '')).rejects.toMatchObject({ code: 'token_invalid' });

    const refresh = { grant_type: 'refresh_token', client_id: 'waymark-portal', refresh_token: tokens.refresh_token };
    const renewed = await answered(await post('/token', refresh));
    expect(await verifier().verify(renewed.access_token)).toMatchObject({ roles: ['supervisor'] });
  });

  it('but not without PKCE, and never back to a stranger', async () => {
    const { next } = await browser()(authorization({ code_challenge: '', code_challenge_method: '' }));
    expect(next.searchParams.get('error')).toBe('invalid_request');
    const { response } = await browser()(authorization({ redirect_uri: 'http://127.0.0.1:6666/steal' }));
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('This did not work');
  });

  it('but not on a page whose sign-in is long over', async () => {
    const { response } = await browser()(new URL('/login/unknown', identity.issuer));
    expect(response.status).toBe(400);
  });
});

describe('The signing keys', () => {
  it('survive a restart, and so do tokens', async () => {
    const { access_token: token } = await answered(await signIn('jonas.auditor'));
    const port = Number(new URL(identity.issuer).port);
    await identity.stop();
    identity = await start(port);
    expect(await verifier().verify(token)).toMatchObject({ roles: ['auditor'] });
  });

  it('are published without their private part', async () => {
    const answer = await fetch(new URL('/jwks', identity.issuer));
    const { keys } = (await answer.json()) as JSONWebKeySet;
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
  });

  it('lie in a file that nobody else may read, or nothing starts', async () => {
    const file = join(dataDir, 'identity-keys.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await chmod(file, 0o644);
    await expect(start()).rejects.toThrow('identity-keys.json must not be readable by others');
    await chmod(file, 0o600);
  });
});

describe('A port that is taken', () => {
  it('is said to be so', async () => {
    await expect(start(Number(new URL(identity.issuer).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
