import { randomUUID } from 'node:crypto';
import type { ServiceTokenSource } from '@waymark/access';
import { ServiceCaller } from '@waymark/service-kit';

/** What consent says of the consents under which referrals were sent. */
export interface Standing {
  /** Those in force. */
  readonly consentIds: ReadonlySet<string>;
  /** Whether consent has answered: if not, nothing counts as in force. */
  readonly known: boolean;
}

const nobodyAsked: Standing = { consentIds: new Set(), known: true };
const unknown: Standing = { consentIds: new Set(), known: false };

/**
 * Asks the consent service which consents are in force: messages tell the same, later. Whatever is not a clear answer within the
 * time counts as none.
 */
export class StandingConsents {
  private readonly caller: ServiceCaller;

  constructor(
    private readonly consentUrl: string,
    tokens: ServiceTokenSource,
    private readonly timeoutMs = 3000,
  ) {
    this.caller = new ServiceCaller(tokens);
  }

  /** Of each once; consent takes 200 at the most. */
  async among(consentIds: readonly string[]): Promise<Standing> {
    if (consentIds.length === 0) return nobodyAsked;
    try {
      const url = new URL('/v1/standing-consents', this.consentUrl);
      const by = { call: { correlationId: randomUUID() }, signal: AbortSignal.timeout(this.timeoutMs) };
      const response = await this.caller.post(url, { consentIds }, by);
      const standing: unknown = response.status === 200 ? Reflect.get(Object(await response.json()), 'consentIds') : [];
      if (!Array.isArray(standing) || response.status !== 200) return unknown;
      return { consentIds: new Set(consentIds.filter((id) => standing.includes(id))), known: true };
    } catch {
      return unknown;
    }
  }
}
