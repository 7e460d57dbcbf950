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
