import type { Role, StatedPurpose, Unit } from '@waymark/contracts';

/** A member of staff, known by an OIDC access token. */
export interface StaffPrincipal {
  readonly kind: 'staff';
  readonly id: string;
  readonly roles: readonly Role[];
  readonly unit?: Unit;
  /** Preferred language, BCP 47. */
  readonly language?: string;
  /** What they say that this one request is for. */
  readonly purpose?: StatedPurpose;
}

/** Somebody who showed a receipt: good for one concern. `clientId` only with a client receipt; `reporterId` only with that of who reported, while it is no client's. */
export interface ReporterPrincipal {
  readonly kind: 'reporter';
  /** Random id of the session; never the receipt or anything derived from it. */
  readonly id: string;
  readonly concernId: string;
  readonly clientId?: string;
  readonly reporterId?: string;
  /** With a client receipt: the marks of whom the reporter of the concern shut out, among others that mean nobody. */
  readonly shutOut?: readonly string[];
}

/** Another service, known by its client credentials. */
export interface ServicePrincipal {
  readonly kind: 'service';
  /** Name of the service, such as `referral`. */
  readonly id: string;
}

export interface AnonymousPrincipal {
  readonly kind: 'anonymous';
}

export type Principal = StaffPrincipal | ReporterPrincipal | ServicePrincipal | AnonymousPrincipal;
