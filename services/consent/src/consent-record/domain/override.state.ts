import type { InformingWay, OverrideEndReason, OverrideStatus } from '@waymark/contracts';
import { type Instant, isBefore } from '@waymark/event-sourcing';
import type { OverrideEvent } from './override.events.js';
import type { ClientNo } from './client-no.js';
import { isAbout, type Scope } from './scope.js';

type Requested = Extract<OverrideEvent, { type: 'OverrideRequested' }>['data'];

export interface Override extends Requested {
  readonly approval?: { readonly by: string; readonly at: Instant };
  /** From the approval on: when the client has to have been told. */
  readonly informBy?: Instant;
  /** Why the client is told later; the last that was said. */
  readonly delayedBecause?: string;
  readonly informed?: { readonly at: Instant; readonly way: InformingWay };
  readonly ended?: {
    readonly how: 'declined' | 'revoked';
    readonly at: Instant;
    readonly by: string;
    readonly reason: OverrideEndReason;
  };
  /** The client has decided about this recipient and purpose since it was requested. */
  readonly clientDecided: boolean;
  /** As the clock has noted. */
  readonly expired: boolean;
}

/** The part of a consent record that is about disclosing without consent. */
export interface Overriding {
  readonly overrides: readonly Override[];
  /** What the client has said no to. */
  readonly nos: readonly ClientNo[];
}

/**
 * A vital interest stands in for a client who cannot be asked: it ends with whatever they decide about this recipient and purpose
 * themself. What the law obliges to, or keeps others from harm, stands against the client's will, and a withdrawal does not end it.
 */
export function overrideStatusOf(override: Override, now: Instant): OverrideStatus {
  if (override.ended) return override.ended.how;
  if (override.legalBasis === 'vital_interest' && override.clientDecided) return 'ended_by_client';
  if (override.expired || !isBefore(now, override.validUntil)) return 'expired';
  return override.approval ? 'in_force' : 'requested';
}

/** Whether the client's own ledger tells of it: they have been told, or should have been by now. Nobody hides one by forgetting. */
export const isToldToClient = ({ informed, informBy }: Override, now: Instant): boolean =>
  informed !== undefined || (informBy !== undefined && !isBefore(now, informBy));

export const overrideOf = ({ overrides }: Overriding, overrideId: string): Override | undefined =>
  overrides.find((override) => override.overrideId === overrideId);

/** The client has given, refused or withdrawn a consent. */
export const clientDecidedAbout = (overrides: readonly Override[], decided: Scope): readonly Override[] =>
  overrides.map((override) => (isAbout(override, decided) ? { ...override, clientDecided: true } : override));

/** Those that stand in for somebody who could not be asked, and who has not decided since. */
export const standingIn = ({ overrides }: Overriding, now: Instant): readonly Override[] =>
  overrides.filter((override) => override.legalBasis === 'vital_interest' && isOpen(override, now));

/** In force, or asked for and not decided about. */
export const isOpen = (override: Override, now: Instant): boolean =>
  ['requested', 'in_force'].includes(overrideStatusOf(override, now));

export function evolveOverriding<State extends Overriding>(state: State, event: OverrideEvent): State {
  const changed = (change: Partial<Override>): State => ({
    ...state,
    overrides: state.overrides.map((override) =>
      override.overrideId === event.data.overrideId ? { ...override, ...change } : override,
    ),
  });
  switch (event.type) {
    case 'OverrideRequested':
      return { ...state, overrides: [...state.overrides, { ...event.data, clientDecided: false, expired: false }] };
    case 'OverrideApproved': {
      const { approvedBy: by, approvedAt: at, informBy } = event.data;
      return changed({ approval: { by, at }, informBy });
    }
    case 'InformingOfOverrideDelayed':
      return changed({ informBy: event.data.informBy, delayedBecause: event.data.reason });
    case 'OverrideDeclined': {
      const { declinedAt: at, declinedBy: by, reason } = event.data;
      return changed({ ended: { how: 'declined', at, by, reason } });
    }
    case 'OverrideRevoked': {
      const { revokedAt: at, revokedBy: by, reason } = event.data;
      return changed({ ended: { how: 'revoked', at, by, reason } });
    }
    case 'OverrideEndedByClient':
      return changed({ clientDecided: true });
    case 'OverrideExpired':
      return changed({ expired: true });
    case 'ClientInformedOfOverride':
      return changed({ informed: { at: event.data.informedAt, way: event.data.way } });
  }
}
