import { comparedStaffId, roles, staffIdPattern, units, type Role, type Unit } from '@waymark/contracts';
import type { JWTPayload } from 'jose';
import { AccessError } from './access-error.js';
import type { ServicePrincipal, StaffPrincipal } from './principal.js';

/**
 * Where an issuer puts what we need. A dot leads into nested claims (`realm_access.roles`); a claim whose own name has dots
 * (`https://idp.example/roles`) is found as well.
 */
export interface ClaimsMapping {
  readonly rolesClaim: string;
  readonly unitClaim: string;
  readonly serviceClaim: string;
  /** BCP 47, such as OpenID Connect's `locale`. */
  readonly languageClaim: string;
  /** How somebody signed in: `amr` (RFC 8176), or `acr` where the issuer only says how well. */
  readonly factorsClaim: string;
}

export const defaultClaims: ClaimsMapping = {
  rolesClaim: 'roles',
  unitClaim: 'unit',
  serviceClaim: 'service',
  languageClaim: 'locale',
  factorsClaim: 'amr',
};

/**
 * Roles by which somebody acts for a unit, and sees a matter for it. A reporter may shut a unit out, and of whom nobody can say to which
 * they belong nobody can say that they are not meant: without a unit these count for nothing.
 */
const rolesOfAUnit: ReadonlySet<Role> = new Set(['officer', 'supervisor', 'unit_focal_point', 'clinician']);

/**
 * Who a verified token stands for. Roles and units we do not know are dropped. Neither a known role nor a service: `role_missing`.
 * Both: `token_invalid`, because nobody could say whose rights were meant; so is a subject that could not be recorded, and a unit
 * that is not one word: of somebody in two units nobody could say from which concerns they are shut out.
 */
export function principalFrom(payload: JWTPayload, mapping: ClaimsMapping): StaffPrincipal | ServicePrincipal {
  const service = claimAt(payload, mapping.serviceClaim);
  const named = knownRoles(claimAt(payload, mapping.rolesClaim));
  if (typeof service === 'string' && service !== '') {
    if (named.length > 0) throw new AccessError('token_invalid', { fault: 'claims' });
    return { kind: 'service', id: service };
  }
  if (payload.sub === undefined || !staffIdPattern.test(payload.sub))
    throw new AccessError('token_invalid', { fault: 'claims' });
  const unit = knownUnit(claimAt(payload, mapping.unitClaim));
  const known = named.filter((role) => unit !== undefined || !rolesOfAUnit.has(role));
  const language = languageAt(payload, mapping.languageClaim);
  const principal: StaffPrincipal = {
    ...{ kind: 'staff', id: comparedStaffId(payload.sub), roles: known },
    ...(unit === undefined ? {} : { unit }),
    ...(language === undefined ? {} : { language }),
  };
  if (known.length === 0) throw new AccessError('role_missing', { principal });
  return principal;
}

/** Whether a person signed in with one of these factors, as far as the issuer says so in the token. */
export function signedInWith(payload: JWTPayload, mapping: ClaimsMapping, factors: readonly string[]): boolean {
  const used = listed(claimAt(payload, mapping.factorsClaim));
  return factors.some((factor) => used.includes(factor));
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function knownRoles(value: unknown): readonly Role[] {
  const named = listed(value);
  return roles.filter((role) => named.includes(role));
}

/** Shaped like BCP 47; whatever else stands there is dropped. */
function languageAt(payload: JWTPayload, path: string): string | undefined {
  const value = claimAt(payload, path);
  return typeof value === 'string' && /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(value) ? value : undefined;
}

function knownUnit(value: unknown): Unit | undefined {
  const [named, ...others] = listed(value);
  if (others.length > 0 || (named !== undefined && named !== null && typeof named !== 'string'))
    throw new AccessError('token_invalid', { fault: 'claims' });
  return units.find((unit) => unit === named?.trim().toLowerCase());
}

function claimAt(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null) return undefined;
  for (const [name, value] of Object.entries(claims)) {
    if (name === path) return value;
    if (!path.startsWith(`${name}.`)) continue;
    const found = claimAt(value, path.slice(name.length + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}
