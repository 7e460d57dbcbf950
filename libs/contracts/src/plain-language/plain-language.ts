import type { CannotBeAskedReason, DataCategory, DisclosureAct, LegalBasis, Purpose, Unit } from '../code-lists.js';

/** Codes in words that somebody in distress understands, without knowing the organisation. */
export interface PlainLanguage {
  readonly units: Readonly<Record<Unit, string>>;
  readonly purposes: Readonly<Record<Purpose, string>>;
  readonly dataCategories: Readonly<Record<DataCategory, string>>;
  readonly disclosureActs: Readonly<Record<DisclosureAct, string>>;
  readonly legalBases: Readonly<Record<LegalBasis, string>>;
  readonly cannotBeAsked: Readonly<Record<CannotBeAskedReason, string>>;
  /** Of what was disclosed although the client had said no. */
  readonly againstYourNo: string;
}
