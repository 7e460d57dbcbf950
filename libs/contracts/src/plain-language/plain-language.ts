import type { DataCategory, DisclosureAct, LegalBasis, Purpose, Unit } from '../code-lists.js';

/** Codes in words that somebody in distress understands, without knowing the organisation. */
export interface PlainLanguage {
  readonly units: Readonly<Record<Unit, string>>;
  readonly purposes: Readonly<Record<Purpose, string>>;
  readonly dataCategories: Readonly<Record<DataCategory, string>>;
  readonly disclosureActs: Readonly<Record<DisclosureAct, string>>;
  readonly legalBases: Readonly<Record<LegalBasis, string>>;
}
