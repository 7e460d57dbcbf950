import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

export const TEST_AUDIENCE = 'urn:waymark:api';

interface SigningKey {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** An OIDC issuer over real HTTP that does whatever a test asks of it. For the specs of this library only. */
export interface TestIssuer {
  readonly issuer: string;
  readonly key: SigningKey;
  /** Requests so far per path. */
  readonly requests: ReadonlyMap<string, number>;
  /** Replaces the signing key by a new one; the old one is no longer published. */
  rotate(): Promise<void>;
  /** Makes every answer this status, or proper again. */
  failWith(status: number | undefined): void;
  /** A good staff token but for what is changed. `undefined` leaves a claim out. */
  token(changes?: Record<string, unknown>, header?: Record<string, unknown>, key?: CryptoKey): Promise<string>;
  stop(): Promise<void>;
}

export async function newSigningKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

export async function startTestIssuer(): Promise<TestIssuer> {
  let key = await newSigningKey('key-1');
  let failure: number | undefined;
  const requests = new Map<string, number>();

  const answer = (path: string, authorization: string | undefined): readonly [number, object] => {
    if (failure !== undefined) return [failure, { error: 'unwell' }];
    switch (path) {
      case '/.well-known/openid-configuration':
        return [200, { issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` }];
      case '/jwks':
        return [200, { keys: [key.publicJwk] }];
      case '/token': {
        const good = authorization === `Basic ${Buffer.from('waymark-referral:s3cret%3A').toString('base64')}`;
        if (!good) return [401, { error: 'invalid_client' }];
        return [200, { access_token: `token-${requests.get(path)}`, token_type: 'Bearer', expires_in: 300 }];
      }
      default:
        return [404, {}];
    }
  };
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.set(path, (requests.get(path) ?? 0) + 1);
    const [status, body] = answer(path, request.headers.authorization);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  const issuer = `http://127.0.0.1:${address.port}`;

  return {
    issuer,
    get key() {
      return key;
    },
    requests,
    async rotate() {
      key = await newSigningKey(`${key.kid}-next`);
    },
    failWith(status) {
      failure = status;
    },
    token(changes = {}, header = {}, signingKey = key.privateKey) {
      const now = Math.floor(Date.now() / 1_000);
      const claims = {
        iss: issuer,
        aud: TEST_AUDIENCE,
        sub: 'officer-1',
        roles: ['officer'],
        unit: 'support_desk',
        iat: now,
        exp: now + 300,
      };
      return new SignJWT({ ...claims, ...changes })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...header })
        .sign(signingKey);
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
