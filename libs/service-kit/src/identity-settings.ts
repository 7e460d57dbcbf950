import { EnvError, makeValidator, num, str, url } from 'envalid';
import {
  type ClaimsMapping,
  createTokenVerifier,
  type Revocations,
  REVOCATIONS_REMEMBERED_SECONDS,
  type TokenVerifier,
} from '@waymark/access';
import { ConfigError } from './config-error.js';

const list = makeValidator<readonly string[]>((value) => {
  const items = value.split(',').flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
  if (items.length === 0) throw new EnvError('must name at least one, several separated by commas');
  return items;
});

/** A token that was taken back must have ended before it is forgotten; clocks may differ. */
const longestTokenSeconds = REVOCATIONS_REMEMBERED_SECONDS - 300;

const tokenSeconds = makeValidator<number>((value) => {
  const seconds = Number(value);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > longestTokenSeconds)
    throw new EnvError(`must be 1 to ${longestTokenSeconds}: tokens that were taken back are remembered no longer`);
  return seconds;
});

/** Whose tokens are taken, and where in them stands what we need. */
export const identityVariables = {
  OIDC_ISSUER: url({ desc: 'issuer of the access tokens of staff and services' }),
  OIDC_ISSUER_ADDRESS: url({
    default: undefined,
    desc: "where the issuer's metadata are read, when its own name does not lead there from here",
  }),
  OIDC_AUDIENCE: str({ default: 'urn:waymark:api', desc: 'audience that access tokens must carry' }),
  OIDC_ALGORITHMS: list({ default: ['RS256', 'ES256'], desc: 'algorithms of signatures that are taken' }),
  OIDC_TOKEN_TYPES: list({ default: ['at+jwt'], desc: '`typ` of access tokens; add JWT for issuers before RFC 9068' }),
  OIDC_CLOCK_TOLERANCE_SECONDS: num({ default: 5, desc: "by how much the issuer's clock may differ" }),
  OIDC_TOKEN_SECONDS: tokenSeconds({
    default: 300,
    desc: `so long after its issue a token is taken at most, up to ${longestTokenSeconds}`,
  }),
  OIDC_ROLES_CLAIM: str({ default: 'roles', desc: 'claim with the roles; a dot leads into nested claims' }),
  OIDC_UNIT_CLAIM: str({ default: 'unit', desc: 'claim with the unit' }),
  OIDC_SERVICE_CLAIM: str({ default: 'service', desc: "claim with a service's name" }),
  OIDC_LANGUAGE_CLAIM: str({ default: 'locale', desc: 'claim with the preferred language, BCP 47' }),
  OIDC_FACTORS_CLAIM: str({ default: 'amr', desc: 'claim that says with which factors somebody signed in' }),
  OIDC_SECOND_FACTORS: list({
    default: undefined,
    desc: 'values of that claim of which the token of a person must carry one; unless given it is not asked for',
  }),
};

interface IdentitySettings extends Readonly<
  Record<
    'OIDC_ISSUER' | 'OIDC_AUDIENCE' | `OIDC_${'ROLES' | 'UNIT' | 'SERVICE' | 'LANGUAGE' | 'FACTORS'}_CLAIM`,
    string
  >
> {
  readonly OIDC_ISSUER_ADDRESS?: string | undefined;
  readonly OIDC_ALGORITHMS: readonly string[];
  readonly OIDC_TOKEN_TYPES: readonly string[];
  readonly OIDC_CLOCK_TOLERANCE_SECONDS: number;
  readonly OIDC_TOKEN_SECONDS: number;
  readonly OIDC_SECOND_FACTORS?: readonly string[] | undefined;
}

/** The check of access tokens as the settings want it. Throws a `ConfigError` that names the variable. */
export function tokenVerifierFor(settings: IdentitySettings, revocations: Revocations): TokenVerifier {
  const claims: ClaimsMapping = {
    rolesClaim: settings.OIDC_ROLES_CLAIM,
    unitClaim: settings.OIDC_UNIT_CLAIM,
    serviceClaim: settings.OIDC_SERVICE_CLAIM,
    languageClaim: settings.OIDC_LANGUAGE_CLAIM,
    factorsClaim: settings.OIDC_FACTORS_CLAIM,
  };
  try {
    return createTokenVerifier({
      issuer: settings.OIDC_ISSUER,
      audience: settings.OIDC_AUDIENCE,
      algorithms: settings.OIDC_ALGORITHMS,
      tokenTypes: settings.OIDC_TOKEN_TYPES,
      clockToleranceSeconds: settings.OIDC_CLOCK_TOLERANCE_SECONDS,
      longestSeconds: settings.OIDC_TOKEN_SECONDS,
      claims,
      revocations,
      ...(settings.OIDC_ISSUER_ADDRESS === undefined ? {} : { issuerAddress: settings.OIDC_ISSUER_ADDRESS }),
      ...(settings.OIDC_SECOND_FACTORS === undefined ? {} : { secondFactors: settings.OIDC_SECOND_FACTORS }),
    });
  } catch (error) {
    throw new ConfigError(`OIDC_ALGORITHMS: ${error instanceof Error ? error.message : String(error)}`);
  }
}
