import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  createRemoteJWKSet,
  exportPKCS8,
  generateKeyPair,
  jwtVerify,
  SignJWT,
  type JSONWebKeySet,
  type JWK,
  type JWTVerifyGetKey,
} from 'jose';
import { AccessError } from './access-error.js';
import type { Verifier } from './authenticator.js';
import { dateOf, type Clock } from './clock.js';
import type { ReporterPrincipal } from './principal.js';
import { RECEIPT_AUDIENCE, RECEIPT_TOKEN_TYPE } from './receipt-token.js';
import type { Revocations } from './revocations.js';
import { asAccessError, isTokensFault } from './token-faults.js';

const ALGORITHM = 'EdDSA';

export interface ReceiptSession {
  readonly token: string;
  /** RFC 3339, UTC. */
  readonly expiresAt: string;
}

export interface ReceiptSessions {
  /**
   * `sessionId` must be random; never the receipt or anything derived from it. `clientId` only for a client receipt, `reporterId`
   * only for that of who reported, while it is no client's; `shutOut`, 32 hexadecimal digits each, is handed on as it is.
   */
  issue(session: {
    readonly concernId: string;
    readonly clientId?: string;
    readonly reporterId?: string;
    readonly shutOut?: readonly string[];
    readonly sessionId: string;
    /** Which receipt of the concern was shown, counted from 1 in the order of their issue. */
    readonly receipt: number;
  }): Promise<ReceiptSession>;
  /** The public half, for the services that verify. */
  publicJwks(): Promise<JSONWebKeySet>;
}

/** Makes session tokens for those who showed a receipt: Ed25519, good for one concern, for a short time. */
export function createReceiptSessions(options: {
  /** PKCS #8 PEM or JWK of an Ed25519 key; see `generateReceiptKey`. */
  readonly privateKey: string | JsonWebKey;
  readonly issuer: string;
  readonly lifetimeSeconds: number;
  readonly clock?: Clock;
}): ReceiptSessions {
  const key = ed25519Key(options.privateKey);
  const published = publish(key);
  return {
    async issue({ sessionId, ...claims }) {
      const { kid } = await published;
      const issued = Math.floor(dateOf(options.clock).getTime() / 1_000);
      const expires = issued + options.lifetimeSeconds;
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: ALGORITHM, typ: RECEIPT_TOKEN_TYPE, kid })
        .setIssuer(options.issuer)
        .setAudience(RECEIPT_AUDIENCE)
        .setSubject(sessionId)
        .setIssuedAt(issued)
        .setExpirationTime(expires)
        .sign(key);
      return { token, expiresAt: new Date(expires * 1_000).toISOString() };
    },
    publicJwks: async () => ({ keys: [await published] }),
  };
}

/** A fresh Ed25519 private key as PKCS #8 PEM. */
export async function generateReceiptKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { crv: 'Ed25519', extractable: true });
  return exportPKCS8(privateKey);
}

export type ReceiptSessionVerifier = Verifier<ReporterPrincipal>;

/** How a receipt of a concern is named where it is taken back; sessions are named by their id. */
export const receiptName = (concernId: string, receipt: number): string => `receipt ${receipt} of ${concernId}`;

/** Checks receipt session tokens against known keys, or those at a URL. Rejects with `AccessError`. */
export function createReceiptSessionVerifier(options: {
  readonly issuer: string;
  readonly jwks: JSONWebKeySet | URL;
  readonly clockToleranceSeconds?: number;
  readonly clock?: Clock;
  readonly revocations?: Revocations;
}): ReceiptSessionVerifier {
  const keys = options.jwks instanceof URL ? remoteKeys(options.jwks) : createLocalJWKSet(options.jwks);
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms: [ALGORITHM],
          typ: RECEIPT_TOKEN_TYPE,
          issuer: options.issuer,
          audience: RECEIPT_AUDIENCE,
          clockTolerance: options.clockToleranceSeconds ?? 5,
          requiredClaims: ['exp', 'iat', 'sub', 'concernId'],
          currentDate: dateOf(options.clock),
        });
        const { sub: id, concernId, clientId, reporterId, shutOut, receipt } = payload;
        if (!id || typeof concernId !== 'string') throw new AccessError('token_invalid', { fault: 'claims' });
        const ended = [id, receiptName(concernId, Number(receipt))].some((name) =>
          options.revocations?.isRevoked(name),
        );
        if (ended) throw new AccessError('token_invalid', { fault: 'revoked' });
        return {
          ...{ kind: 'reporter', id, concernId },
          ...(typeof clientId === 'string' ? { clientId } : {}),
          ...(typeof reporterId === 'string' ? { reporterId } : {}),
          ...(Array.isArray(shutOut) ? { shutOut: shutOut.map(String) } : {}),
        };
      } catch (error) {
        throw asAccessError(error);
      }
    },
  };
}

function remoteKeys(url: URL): JWTVerifyGetKey {
  const remote = createRemoteJWKSet(url);
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (error) {
      throw isTokensFault(error) ? error : new AccessError('identity_unreachable', { cause: error });
    }
  };
}

function ed25519Key(privateKey: string | JsonWebKey): KeyObject {
  const key =
    typeof privateKey === 'string'
      ? createPrivateKey(privateKey)
      : createPrivateKey({ key: privateKey, format: 'jwk' });
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('the receipt key must be an Ed25519 private key');
  return key;
}

async function publish(key: KeyObject): Promise<JWK & { readonly kid: string; readonly kty: string }> {
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  if (jwk.kty === undefined) throw new Error('the receipt key has no type');
  const named = { ...jwk, kty: jwk.kty };
  return { ...named, kid: await calculateJwkThumbprint(named), alg: ALGORITHM, use: 'sig' };
}
