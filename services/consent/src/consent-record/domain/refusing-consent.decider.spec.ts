import { describe, it } from '@jest/globals';
import { specify } from '@waymark/event-sourcing';
import type { ConsentCommand } from './consent-record.commands.js';
import { consentRecordDecider } from './consent-record.decider.js';
import type { ConsentEvent, Scope } from './consent-record.events.js';

const now = '2026-03-03T10:00:00.000Z';
const clientId = 'client-1';

const records = specify(consentRecordDecider, {
  now,
  actor: { kind: 'staff', id: 'amina', roles: ['officer'] },
  newId: (label) => `new-${label}`,
  eventIdAt: (index) => `event-${index}`,
});

const scope: Scope = { recipient: 'ombudsman', purpose: 'referral', categories: ['contact', 'matter_summary'] };
const asked = { ...scope, language: 'ar', explained: 'what the Ombudsman does', capacity: 'self' } as const;
const validUntil = '2026-06-02T00:00:00.000Z';

const given = (consentId: string, changed: Partial<Scope & { validUntil: string }> = {}): ConsentEvent => ({
  type: 'ConsentGiven',
  data: { ...asked, validUntil, ...changed, clientId, consentId, form: 'written', givenAt: '2026-03-01T08:00:00.000Z' },
});
const withdrawn = (consentId: string, of: Scope = scope, way: 'oral' | 'written' = 'oral'): ConsentEvent => ({
  type: 'ConsentWithdrawn',
  data: { ...of, clientId, consentId, way, withdrawnAt: now },
});
const sent = (consentId: string, reference: string): ConsentEvent => ({
  type: 'DisclosureRecorded',
  data: { ...scope, reference, act: 'send', onBehalfOf: 'amina', disclosureId: `of-${reference}`, consentId },
});
const refused: ConsentEvent = { type: 'ConsentRefused', data: { ...asked, clientId } };
const refuse = (way: 'oral' | 'written' = 'oral'): ConsentCommand => ({
  ...{ type: 'RefuseConsent', clientId, refusal: asked, way },
});

describe('a no of the client', () => {
  it('ends the earlier yes in the same append, and asks that what went out under it be suspended', () => {
    records
      .given(given('consent-1'), sent('consent-1', 'referral-1'), given('consent-2'))
      .when(refuse('written'))
      .then(
        refused,
        withdrawn('consent-1', scope, 'written'),
        {
          type: 'SuspensionsRequested',
          data: { consentId: 'consent-1', clientId, referralIds: ['referral-1'], withdrawnAt: now },
        },
        withdrawn('consent-2', scope, 'written'),
      );
  });

  it('ends a yes that shares one category with it, with all that it allowed', () => {
    const more: Scope = { ...scope, categories: ['medical', 'contact'] };
    records.given(given('consent-1', more)).when(refuse()).then(refused, withdrawn('consent-1', more));
  });

  it.each<[string, ConsentEvent]>([
    ['other categories', given('consent-1', { categories: ['medical'] })],
    ['another recipient', given('consent-1', { recipient: 'ethics_office' })],
    ['another purpose', given('consent-1', { purpose: 'mediation' })],
  ])('leaves a yes alone that is about %s', (_what, other) => {
    records.given(other).when(refuse()).then(refused);
  });

  it('leaves alone what has run out, whether or not the clock has said so, and what was withdrawn before', () => {
    const expired: ConsentEvent = { type: 'ConsentExpired', data: { ...scope, consentId: 'consent-1', validUntil } };
    records.given(given('consent-1'), expired).when(refuse()).then(refused);
    records
      .given(given('consent-1', { validUntil: now }))
      .when(refuse())
      .then(refused);
    records.given(given('consent-1'), withdrawn('consent-1')).when(refuse()).then(refused);
  });

  it('lets nothing out any more until there is a new yes', () => {
    const disclosure = { ...scope, reference: 'referral-1', act: 'send', onBehalfOf: 'amina' } as const;
    const ask: ConsentCommand = { type: 'AuthorizeDisclosure', disclosure };
    const history = [given('consent-1'), refused, withdrawn('consent-1')];
    records
      .given(...history)
      .when(ask)
      .thenRejectedWith('consent_missing', 'DisclosureRefused');
    records
      .given(...history, given('consent-2'))
      .when(ask)
      .thenTypes('DisclosureRecorded');
  });
});
