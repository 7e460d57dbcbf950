import { type StatedPurpose, statedPurposes } from '@waymark/contracts';
import { AccessError } from './access-error.js';
import type { Principal } from './principal.js';

/** The header in which a member of staff says what a request is for. */
export const PURPOSE_HEADER = 'x-purpose';

/** Whoever asks, with what they say that it is for. Throws `purpose_unknown` for a word of no list; only staff are asked. */
export function stating(principal: Principal, header: string | readonly string[] | undefined): Principal {
  if (principal.kind !== 'staff' || header === undefined) return principal;
  const purpose = statedPurposes.find((each) => each === header);
  if (purpose === undefined) throw new AccessError('purpose_unknown');
  return { ...principal, purpose };
}

/** What somebody says that they ask for; undefined when they say nothing. */
export const purposeStatedBy = (principal: Principal): StatedPurpose | undefined =>
  principal.kind === 'staff' ? principal.purpose : undefined;
