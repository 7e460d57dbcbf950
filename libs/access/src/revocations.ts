import { createHash } from 'node:crypto';
import { comparedStaffId } from '@waymark/contracts';
import type { ServiceTokenSource } from './service-token-source.js';

/** Somebody, or a session, whose tokens from before a moment are no longer good, as services tell it each other. */
export interface Revocation {
  /** See `revokedSubject`. */
  readonly subject: string;
  /** RFC 3339, UTC. */
  readonly before: string;
}

/** Which tokens are no longer good although their time is not over. */
export interface Revocations {
  /** A person by their id, a session from a receipt by its own; without a moment of issue whenever it was issued. */
  isRevoked(id: string, issuedAtSeconds?: number): boolean;
}

/** So long an entry stays in the list at least. No token of anybody may live longer. */
export const REVOCATIONS_REMEMBERED_SECONDS = 1_800;

/** How a person or a session is named in the list, however their id is spelt. Only services may read it: whoever comes by it learns no id from it. */
export const revokedSubject = (id: string): string => createHash('sha256').update(comparedStaffId(id)).digest('hex');

/** The clocks of issuer and services may differ by so much; who signs in again meanwhile has to do so once more. */
const SKEW_MILLISECONDS = 5_000;
const TIMEOUT_MILLISECONDS = 2_000;

export interface FollowedRevocations extends Revocations {
  /** Reads the list now; rejects when it cannot be had, and then what was known stays known. */
  read(): Promise<void>;
  stop(): void;
}

/** Where the list is had from; rejects when it cannot be had. */
export type RevocationSource = () => Promise<readonly Revocation[]>;

/**
 * The list as the service that keeps it tells it to another, which asks as itself. Its token is checked there by the issuer's keys
 * alone: services are on no list, so nobody needs the list to get it. A token that is refused is not shown again.
 */
export function revocationsAt(url: string, tokens: ServiceTokenSource): RevocationSource {
  return async () => {
    const authorization = `Bearer ${await tokens.token()}`;
    const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const response = await fetch(url, { redirect: 'error', headers: { authorization }, signal });
    if (response.status === 401) tokens.forget();
    if (!response.ok) throw new Error(`the list of revocations answered ${response.status}`);
    return ((await response.json()) as { readonly items: readonly Revocation[] }).items;
  };
}

/**
 * Reads the list every other second. While it cannot be had, `onFailure` is called once for each outage and what was known stays
 * known: a token that was revoked meanwhile is then good until its five minutes are over (ADR 25).
 */
export function followRevocations(options: {
  readonly list: RevocationSource;
  readonly everyMilliseconds?: number;
  readonly onFailure?: (error: unknown) => void;
}): FollowedRevocations {
  let known: ReadonlyMap<string, number> = new Map();
  let failing = false;
  let stopped = false;
  const read = async (): Promise<void> => {
    const items = await options.list();
    known = new Map(items.map(({ subject, before }) => [subject, Date.parse(before)]));
  };
  const turn = async (): Promise<void> => {
    try {
      await read();
      failing = false;
    } catch (error) {
      if (!failing && !stopped) options.onFailure?.(error);
      failing = true;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const goOn = async (): Promise<void> => {
    await turn();
    if (!stopped) timer = setTimeout(() => void goOn(), options.everyMilliseconds ?? 2_000).unref();
  };
  void goOn();
  return {
    read,
    isRevoked: (id, issuedAtSeconds = 0) => {
      if (known.size === 0) return false;
      const before = known.get(revokedSubject(id));
      return before !== undefined && issuedAtSeconds * 1_000 <= before + SKEW_MILLISECONDS;
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
