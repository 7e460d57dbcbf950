import type { Fact } from './fact.js';
import { textIn, textsIn } from './fields.js';

/** A decision of two persons to disclose without the client's consent. */
export interface OverrideThen {
  readonly recipient?: string;
  readonly purpose?: string;
  readonly categories: readonly string[];
  readonly legalBasis?: string;
  readonly validUntil?: string;
  readonly requestedBy?: string;
  readonly approvedBy?: string;
  /** The client has given, refused or withdrawn a consent about this recipient and purpose since. */
  readonly clientDecided: boolean;
  /** Somebody has declined it, or ended it before its time. */
  readonly revoked: boolean;
}

/** By the id of the event that requested each. */
export type OverridesThen = ReadonlyMap<string, OverrideThen>;

/** A vital interest holds only while the client has not decided themself. */
export const endedByClient = ({ legalBasis, clientDecided }: OverrideThen): boolean =>
  legalBasis === 'vital_interest' && clientDecided;

export const hasExpired = ({ validUntil }: OverrideThen, moment: number): boolean =>
  validUntil === undefined || Date.parse(validUntil) <= moment;

/** Whether it allowed anything at a moment. */
export const isInForce = (override: OverrideThen, moment: number): boolean =>
  override.approvedBy !== undefined && !override.revoked && !endedByClient(override) && !hasExpired(override, moment);

export function evolveOverrides(overrides: OverridesThen, { type, data, id }: Fact): OverridesThen {
  switch (type) {
    case 'OverrideRequested':
      return new Map(overrides).set(id, {
        recipient: textIn(data, 'recipient'),
        purpose: textIn(data, 'purpose'),
        categories: textsIn(data, 'categories'),
        legalBasis: textIn(data, 'legalBasis'),
        validUntil: textIn(data, 'validUntil'),
        requestedBy: textIn(data, 'requestedBy'),
        clientDecided: false,
        revoked: false,
      });
    case 'OverrideApproved': {
      const approved = overrides.get(textIn(data, 'overrideId') ?? '');
      if (!approved) return overrides;
      const approvedBy = textIn(data, 'approvedBy');
      return new Map(overrides).set(textIn(data, 'overrideId') ?? '', { ...approved, approvedBy });
    }
    case 'OverrideDeclined':
    case 'OverrideRevoked': {
      const revoked = overrides.get(textIn(data, 'overrideId') ?? '');
      if (!revoked) return overrides;
      return new Map(overrides).set(textIn(data, 'overrideId') ?? '', { ...revoked, revoked: true });
    }
    case 'OverrideEndedByClient': {
      const ended = overrides.get(textIn(data, 'overrideId') ?? '');
      if (!ended) return overrides;
      return new Map(overrides).set(textIn(data, 'overrideId') ?? '', { ...ended, clientDecided: true });
    }
    case 'ConsentGiven':
    case 'ConsentRefused':
    case 'ConsentWithdrawn': {
      const [recipient, purpose] = [textIn(data, 'recipient'), textIn(data, 'purpose')];
      return new Map(
        [...overrides].map(([overrideId, override]) => {
          const isAbout = override.recipient === recipient && override.purpose === purpose;
          return [overrideId, isAbout ? { ...override, clientDecided: true } : override] as const;
        }),
      );
    }
    default:
      return overrides;
  }
}
