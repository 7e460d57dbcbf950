import { createHash } from 'node:crypto';

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

/** How a person or a session is named in the list, which anybody may read: nobody learns an id from it. */
export const revokedSubject = (id: string): string => createHash('sha256').update(id).digest('hex');

/** The clocks of issuer and services may differ by so much; who signs in again meanwhile has to do so once more. */
const SKEW_MILLISECONDS = 5_000;
const TIMEOUT_MILLISECONDS = 2_000;

export interface FollowedRevocations extends Revocations {
  /** Reads the list now; rejects when it cannot be had, and then what was known stays known. */
  read(): Promise<void>;
  stop(): void;
}

/**
 * Reads the list every other second. While it cannot be had, `onFailure` is called once for each outage and what was known stays
 * known: a token that was revoked meanwhile is then good until its five minutes are over (ADR 25).
 */
export function followRevocations(options: {
  readonly url: string;
  readonly everyMilliseconds?: number;
  readonly onFailure?: (error: unknown) => void;
}): FollowedRevocations {
  let known: ReadonlyMap<string, number> = new Map();
  let failing = false;
  const read = async (): Promise<void> => {
    const response = await fetch(options.url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) });
    if (!response.ok) throw new Error(`the list of revocations answered ${response.status}`);
    const list = (await response.json()) as { readonly items: readonly Revocation[] };
    known = new Map(list.items.map(({ subject, before }) => [subject, Date.parse(before)]));
  };
  const turn = async (): Promise<void> => {
    try {
      await read();
      failing = false;
    } catch (error) {
      if (!failing) options.onFailure?.(error);
      failing = true;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
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
