import type { Stage } from '@waymark/stage';

/** An id that nothing has. */
export const unknown = '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10';
const decision = 'decision?recipient=ombudsman&purpose=referral&categories=contact';

/** What is asked of a client when they consent. */
export const asked = {
  ...{ recipient: 'ombudsman', purpose: 'referral', categories: ['contact'] },
  ...{ language: 'en', explained: 'What the Ombudsman does.', capacity: 'self' },
};
/** Every route of consent that names a client, for staff. */
export const clientRoutes = (stage: Stage): readonly (readonly ['GET' | 'POST', string, object])[] => {
  const validUntil = new Date(Date.parse(stage.clock.now()) + 86_400_000).toISOString();
  const override = { recipient: 'legal', purpose: 'security', categories: ['risk'], legalBasis: 'vital_interest' };
  return [
    ['GET', 'consents', {}],
    ['GET', decision, {}],
    ['GET', 'overrides', {}],
    ['GET', 'erasure', {}],
    ['POST', 'consents', { ...asked, form: 'written', validUntil }],
    ['POST', 'consent-refusals', asked],
    ['POST', `consents/${unknown}/withdrawal`, { way: 'oral' }],
    ['POST', 'overrides', { ...override, justification: 'Unconscious.', validUntil }],
    ['POST', `overrides/${unknown}/approval`, {}],
    ['POST', `overrides/${unknown}/decline`, { reason: 'basis_not_met' }],
    ['POST', `overrides/${unknown}/revocation`, { reason: 'no_longer_needed' }],
    ['POST', `overrides/${unknown}/informing-delay`, { reason: 'Not safe yet.', informBy: validUntil }],
    ['POST', `overrides/${unknown}/client-information`, { way: 'in_person' }],
    ['POST', 'legal-holds', { basis: 'investigation' }],
    ['POST', `legal-holds/${unknown}/lifting`, {}],
    ['POST', 'erasure-requests', { way: 'oral' }],
    ['POST', 'erasure-request-withdrawal', { way: 'oral' }],
    ['POST', 'erasure-approval', {}],
    ['POST', 'erasure-decline', { reason: 'still_in_touch' }],
  ];
};
/** Every route of a referral, for its unit. */
export const unitRoutes: readonly (readonly ['GET' | 'POST', string, object])[] = [
  ['GET', '', {}],
  ['POST', '/openings', {}],
  ['POST', '/acknowledgement', {}],
  ['POST', '/acceptance', {}],
  ['POST', '/decline', { reason: 'no_capacity' }],
  ['POST', '/suspension-acknowledgement', {}],
  ['POST', '/service-start', {}],
  ['POST', '/completion', { outcome: 'service_provided' }],
  ['POST', '/outcome-correction', { outcome: 'not_provided' }],
  ['POST', '/non-attendance', {}],
];
