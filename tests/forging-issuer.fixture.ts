import { createServer } from 'node:http';
import { once } from 'node:events';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

export interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

export async function newKey(kid: string): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

/** An OIDC issuer over HTTP that signs whatever a forger wants, and counts how often it is asked. */
export class ForgingIssuer {
  readonly asked = new Map<string, number>();

  private constructor(
    readonly issuer: string,
    public key: Key,
    readonly stop: () => Promise<void>,
  ) {}

  static async start(): Promise<ForgingIssuer> {
    const server = createServer((request, response) => {
      const path = request.url ?? '/';
      forger.asked.set(path, (forger.asked.get(path) ?? 0) + 1);
      const { issuer, key } = forger;
      const metadata = { issuer, jwks_uri: `${issuer}/jwks`, token_endpoint: `${issuer}/token` };
      const body = path.endsWith('openid-configuration') ? metadata : { keys: [key.jwk] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const stop = async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    const forger: ForgingIssuer = new ForgingIssuer(`http://127.0.0.1:${port}`, await newKey('key-1'), stop);
    return forger;
  }

  /** Replaces the signing key; the one before is no longer published. */
  async rotate(): Promise<void> {
    this.key = await newKey(`${this.key.kid}-next`);
  }

  /** An auditor's good token but for what is changed; `undefined` leaves a claim or header out. */
  token(changes: object = {}, header: object = {}, privateKey = this.key.privateKey): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      ...{ iss: this.issuer, aud: 'urn:waymark:api', sub: '0197d000-0000-7000-8000-000000000020' },
      ...{ roles: ['auditor'], iat: now, exp: now + 300 },
    };
    return new SignJWT({ ...claims, ...changes })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: this.key.kid, ...header })
      .sign(privateKey, { crit: { 'urn:waymark:unknown': true } });
  }
}

/** A token's three parts from texts, for what no library signs. */
export const compact = (header: string, payload: string, signature = ''): string =>
  [header, payload].map((part) => Buffer.from(part).toString('base64url')).join('.') + `.${signature}`;
