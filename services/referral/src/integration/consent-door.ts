import { randomUUID } from 'node:crypto';
import type { ServiceTokenSource } from '@waymark/access';
import type { DataCategory, DisclosureAct, Purpose, Unit } from '@waymark/contracts';
import { type Call, Problem, ServiceCaller, uuidForm } from '@waymark/service-kit';
import type { ConsentAnswer } from '../referral/domain/referral.commands.js';
import { allowanceOf } from '../referral/domain/referral.state.js';

/** A disclosure that is about to happen. */
export interface IntendedDisclosure {
  readonly clientId: string;
  readonly recipient: Unit;
  readonly purpose: Purpose;
  readonly categories: readonly DataCategory[];
  /** The referral. */
  readonly reference: string;
  readonly act: DisclosureAct;
  /** The member of staff who sends or opens. */
  readonly onBehalfOf: string;
}

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
 * The door to the consent service, which alone decides disclosures. Fails closed: whatever is not a clear yes or a clear
 * `consent_missing` within the time is a problem `consent_unreachable`, and nothing may be disclosed.
 */
export class ConsentDoor {
  private readonly caller: ServiceCaller;

  constructor(
    private readonly consentUrl: string,
    tokens: ServiceTokenSource,
    private readonly timeoutMs = 3000,
  ) {
    this.caller = new ServiceCaller(tokens);
  }

  /** The same `key` is the same disclosure and gets its first answer, also after a withdrawal: a new disclosure takes a new key. */
  async ask(key: string, { clientId, ...disclosure }: IntendedDisclosure, call: Call): Promise<ConsentAnswer> {
    try {
      const signal = AbortSignal.timeout(this.timeoutMs);
      const url = new URL(`/v1/clients/${clientId}/disclosures`, this.consentUrl);
      return await answerOf(await this.caller.post(url, disclosure, { call, signal, key }));
    } catch (cause) {
      throw unreachable(cause);
    }
  }

  /**
   * Which of these consents are in force: messages tell the same, later. Of each once; consent takes 200 at the most. Whatever is not
   * a clear answer within the time counts as none.
   */
  async standingAmong(consentIds: readonly string[]): Promise<Standing> {
    if (consentIds.length === 0) return nobodyAsked;
    try {
      const url = new URL('/v1/standing-consents', this.consentUrl);
      const by = { call: { correlationId: randomUUID() }, signal: AbortSignal.timeout(this.timeoutMs) };
      const response = await this.caller.post(url, { consentIds }, by);
      if (response.status !== 200) return unknown;
      const standing: unknown = Reflect.get(Object(await response.json()), 'consentIds');
      if (!Array.isArray(standing)) return unknown;
      return { consentIds: new Set(consentIds.filter((id) => standing.includes(id))), known: true };
    } catch {
      return unknown;
    }
  }
}

async function answerOf(response: Response): Promise<ConsentAnswer> {
  const body: unknown = await response.json();
  if (response.status === 201) {
    const disclosureId = idIn(body, 'disclosureId');
    const [consentId, overrideId] = [idIn(body, 'consentId'), idIn(body, 'overrideId')];
    // Exactly one of the two allows it: an answer that names both or none is not understood, so nothing leaves.
    if (disclosureId !== undefined && (consentId === undefined) !== (overrideId === undefined))
      return { kind: 'given', ...allowanceOf({ consentId, overrideId, disclosureId }) };
  }
  if (response.status === 409 && textIn(body, 'code') === 'consent_missing') return { kind: 'missing' };
  throw new Error(`the consent service answered ${response.status}`);
}

const textIn = (body: unknown, field: string): string | undefined => {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, field) : undefined;
  return typeof value === 'string' ? value : undefined;
};

const idIn = (body: unknown, field: string): string | undefined => {
  const text = textIn(body, field);
  return text !== undefined && uuidForm.test(text) ? text : undefined;
};

function unreachable(cause: unknown): Problem {
  const problem = new Problem(
    503,
    'consent_unreachable',
    'Whether the client consents could not be asked. Nothing was disclosed.',
    undefined,
    { 'retry-after': '5' },
  );
  problem.cause = cause;
  return problem;
}
