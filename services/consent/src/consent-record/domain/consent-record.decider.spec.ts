import { describe, expect, it } from '@jest/globals';
import { fold, specify } from '@waymark/event-sourcing';
import type { ConsentCommand, Grant } from './consent-record.commands.js';
import { consentRecordDecider } from './consent-record.decider.js';
import type { ConsentEvent, Disclosure } from './consent-record.events.js';
import { coverage } from './coverage.js';

const now = '2026-03-03T10:00:00.000Z';
const clientId = 'client-1';

const consents = specify(consentRecordDecider, {
  now,
  actor: { kind: 'staff', id: 'amina', roles: ['officer'] },
  newId: (label) => `new-${label}`,
  eventIdAt: (index) => `event-${index}`,
});

const grant: Grant = {
  recipient: 'ombudsman',
  purpose: 'referral',
  categories: ['contact', 'matter_summary'],
  validUntil: '2026-06-02T00:00:00.000Z',
  language: 'ar',
  explained: 'what the Ombudsman does, and that you may withdraw',
  capacity: 'self',
  form: 'written',
};

const give = (changed: Partial<Grant> = {}): ConsentCommand => ({
  type: 'GiveConsent',
  clientId,
  grant: { ...grant, ...changed },
});

const given = (consentId: string, changed: Partial<Grant> = {}): ConsentEvent => ({
  type: 'ConsentGiven',
  data: { ...grant, ...changed, clientId, consentId, givenAt: '2026-03-01T08:00:00.000Z' },
});

const { recipient, purpose, categories, validUntil } = grant;

const withdrawn = (consentId: string): ConsentEvent => ({
  type: 'ConsentWithdrawn',
  data: {
    clientId,
    consentId,
    recipient,
    purpose,
    categories,
    way: 'receipt',
    withdrawnAt: '2026-03-02T08:00:00.000Z',
  },
});

const expired = (consentId: string): ConsentEvent => ({
  type: 'ConsentExpired',
  data: { consentId, recipient, purpose, categories, validUntil },
});

const disclosure: Disclosure = {
  recipient: 'ombudsman',
  purpose: 'referral',
  categories: ['contact', 'matter_summary'],
  reference: 'referral-1',
  act: 'send',
  onBehalfOf: 'amina',
};

const authorize = (changed: Partial<Disclosure> = {}): ConsentCommand => ({
  type: 'AuthorizeDisclosure',
  disclosure: { ...disclosure, ...changed },
});

const recordedUnder = (consentId: string, changed: Partial<Disclosure> = {}): ConsentEvent => ({
  type: 'DisclosureRecorded',
  data: { ...disclosure, ...changed, disclosureId: 'event-0', consentId },
});

describe('no disclosure without consent', () => {
  it('refuses while nothing has been consented to, and the refusal goes to the log', () => {
    consents.given().when(authorize()).thenRejectedWith('consent_missing', 'DisclosureRefused');
  });

  it('records the disclosure under the consent that covers it', () => {
    consents.given(given('consent-1')).when(authorize()).then(recordedUnder('consent-1'));
  });

  it('allows fewer categories than were consented to', () => {
    const fewer = { categories: ['contact'] as const };
    consents.given(given('consent-1')).when(authorize(fewer)).then(recordedUnder('consent-1', fewer));
  });

  it.each<[string, Partial<Disclosure>]>([
    ['one category more', { categories: ['contact', 'matter_summary', 'medical'] }],
    ['only another category', { categories: ['narrative'] }],
    ['no category at all', { categories: [] }],
    ['another recipient', { recipient: 'ethics_office' }],
    ['another purpose', { purpose: 'investigation' }],
  ])('refuses %s', (_what, changed) => {
    consents
      .given(given('consent-1'))
      .when(authorize(changed))
      .thenRejectedWith('consent_missing', 'DisclosureRefused');
  });

  it('does not add up two consents that cover half each', () => {
    consents
      .given(given('consent-1', { categories: ['contact'] }), given('consent-2', { categories: ['matter_summary'] }))
      .when(authorize())
      .thenRejectedWith('consent_missing', 'DisclosureRefused');
  });

  it('finds the one consent of several that covers all, and cites the newest', () => {
    consents
      .given(given('consent-1'), given('consent-2'), given('consent-3', { categories: ['contact'] }))
      .when(authorize())
      .then(recordedUnder('consent-2'));
  });

  it('refuses from the very moment at which the consent ends, before the clock has said so', () => {
    const until = { now: '2026-06-01T23:59:59.999Z' };
    consents.given(given('consent-1')).when(authorize(), until).then(recordedUnder('consent-1'));
    consents
      .given(given('consent-1'))
      .when(authorize(), { now: validUntil })
      .thenRejectedWith('consent_missing', 'DisclosureRefused');
  });

  it('refuses once the clock has said that it ended, also where a clock goes slow', () => {
    consents
      .given(given('consent-1'), expired('consent-1'))
      .when(authorize())
      .thenRejectedWith('consent_missing', 'DisclosureRefused');
  });

  it('refuses after a withdrawal', () => {
    consents
      .given(given('consent-1'), withdrawn('consent-1'))
      .when(authorize())
      .thenRejectedWith('consent_missing', 'DisclosureRefused');
  });

  it('allows again under a new consent after a withdrawal, and cites the new one', () => {
    consents
      .given(given('consent-1'), withdrawn('consent-1'), given('consent-2'))
      .when(authorize())
      .then(recordedUnder('consent-2'));
  });

  it('goes on under another consent that was not withdrawn', () => {
    consents
      .given(given('consent-1'), given('consent-2'), withdrawn('consent-2'))
      .when(authorize())
      .then(recordedUnder('consent-1'));
  });
});

describe('why a disclosure is refused', () => {
  const reason = (...history: readonly ConsentEvent[]) =>
    coverage(
      fold(consentRecordDecider, history),
      { recipient: 'ombudsman', purpose: 'referral', categories: ['contact'] },
      now,
    ).reason;

  it.each<[string, readonly ConsentEvent[]]>([
    ['covered', [given('consent-1')]],
    ['no_consent', []],
    ['no_consent', [given('consent-1', { recipient: 'medical' })]],
    ['category_not_covered', [given('consent-1', { categories: ['risk'] })]],
    ['withdrawn', [given('consent-1'), withdrawn('consent-1')]],
    ['expired', [given('consent-1', { validUntil: '2026-03-02T00:00:00.000Z' })]],
  ])('says %s', (expected, history) => {
    expect(reason(...history)).toBe(expected);
  });
});

describe('consent', () => {
  it('is given under the id of its own event', () => {
    consents
      .given()
      .when(give())
      .then({ type: 'ConsentGiven', data: { ...grant, consentId: 'event-0', clientId, givenAt: now } });
  });

  it.each([
    ['ends now', now],
    ['ended before', '2026-03-03T09:59:59.999Z'],
    ['ends after more than 24 months', '2028-03-03T10:00:00.001Z'],
  ])('is not taken when it %s', (_when, end) => {
    consents
      .given()
      .when(give({ validUntil: end }))
      .thenRejectedWith('invalid_validity');
  });

  it('is taken for 24 months to the millisecond', () => {
    consents
      .given()
      .when(give({ validUntil: '2028-03-03T10:00:00.000Z' }))
      .thenTypes('ConsentGiven');
  });

  it('given verbally names who witnessed it', () => {
    consents
      .given()
      .when(give({ form: 'verbal_witnessed' }))
      .thenRejectedWith('invalid_witness');
    consents
      .given()
      .when(give({ form: 'verbal_witnessed', witnessedBy: 'a colleague of the desk' }))
      .thenTypes('ConsentGiven');
  });

  it('refused is recorded as well', () => {
    const { validUntil: _, form: __, ...refusal } = grant;
    consents
      .given()
      .when({ type: 'RefuseConsent', clientId, refusal, way: 'oral' })
      .then({ type: 'ConsentRefused', data: { ...refusal, clientId } });
  });
});

describe('withdrawal', () => {
  const withdraw = (consentId: string): ConsentCommand => ({ type: 'WithdrawConsent', consentId, way: 'oral' });

  const requested = (...referralIds: readonly string[]): ConsentEvent => ({
    type: 'SuspensionsRequested',
    data: { consentId: 'consent-1', clientId, referralIds, withdrawnAt: '2026-03-02T08:00:00.000Z' },
  });

  it('asks that each referral be suspended that may have gone out under the consent, once each', () => {
    consents
      .given(
        ...[given('consent-1'), given('consent-2'), recordedUnder('consent-1')],
        recordedUnder('consent-1', { act: 'open' }),
        recordedUnder('consent-1', { reference: 'referral-2' }),
        recordedUnder('consent-1', { reference: 'referral-2' }),
        recordedUnder('consent-2', { reference: 'referral-3' }),
      )
      .when(withdraw('consent-1'), { now: '2026-03-02T08:00:00.000Z' })
      .then(
        { ...withdrawn('consent-1'), data: { ...withdrawn('consent-1').data, way: 'oral' } } as ConsentEvent,
        requested('referral-1', 'referral-2'),
      );
  });

  it('is asked for again for those that were not heard of, and for none of a consent in force', () => {
    const again = (...heardOf: readonly string[]): ConsentCommand => ({
      ...{ type: 'RequestSuspensions', consentId: 'consent-1', heardOf },
    });
    const sent = [
      given('consent-1'),
      recordedUnder('consent-1'),
      recordedUnder('consent-1', { reference: 'referral-2' }),
    ];
    const gone = [...sent, withdrawn('consent-1'), requested('referral-1', 'referral-2')];
    consents
      .given(...gone)
      .when(again('referral-1'))
      .then(requested('referral-2'));
    consents
      .given(...gone)
      .when(again('referral-1', 'referral-2'))
      .then();
    consents
      .given(...sent)
      .when(again())
      .then();
  });

  it('says what was withdrawn, so that others can be told from the event alone', () => {
    consents
      .given(given('consent-1'))
      .when(withdraw('consent-1'))
      .then({
        type: 'ConsentWithdrawn',
        data: { consentId: 'consent-1', clientId, recipient, purpose, categories, way: 'oral', withdrawnAt: now },
      });
  });

  it('happens once', () => {
    consents
      .given(given('consent-1'), withdrawn('consent-1'))
      .when(withdraw('consent-1'))
      .thenRejectedWith('consent_already_withdrawn');
  });

  it('is possible for a consent that has run out', () => {
    consents.given(given('consent-1'), expired('consent-1')).when(withdraw('consent-1')).thenTypes('ConsentWithdrawn');
  });

  it('of a consent that was never given finds nothing', () => {
    consents.given(given('consent-1')).when(withdraw('consent-2')).thenRejectedWith('consent_not_found');
  });
});

describe('the clock', () => {
  const expire: ConsentCommand = { type: 'ExpireConsent', consentId: 'consent-1' };

  it('says once that a consent has run out', () => {
    consents.given(given('consent-1')).when(expire, { now: validUntil }).then(expired('consent-1'));
    consents.given(given('consent-1'), expired('consent-1')).when(expire, { now: validUntil }).then();
  });

  it('says nothing of a consent that was withdrawn', () => {
    consents.given(given('consent-1'), withdrawn('consent-1')).when(expire, { now: validUntil }).then();
  });

  it('cannot run ahead', () => {
    consents.given(given('consent-1')).when(expire).thenRejectedWith('clock_not_due');
  });
});
