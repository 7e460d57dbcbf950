import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { oneCase } from '../../fixtures/one-case.fixture.js';
import { recordedFacts } from '../../fixtures/recorded-facts.fixture.js';
import { told, type ToldEvent } from '../../fixtures/told-events.fixture.js';
import { checkHistory, type HistoryCheck, historyChecks } from './check-history.js';
import type { Fault } from './finding.js';

const story = oneCase();
const referral = `referral-${story.referralId}`;

/** What each check that is broken has found, in the order of the log. */
function broken(events: readonly ToldEvent[]): Partial<Record<HistoryCheck, readonly Fault[]>> {
  const results = checkHistory(recordedFacts(events));
  return Object.fromEntries(
    historyChecks
      .map((check) => [check, results[check].findings.map(({ fault }) => fault)] as const)
      .filter(([, found]) => found.length > 0),
  );
}

const without = (type: string): ToldEvent[] => story.events.filter((event) => event.type !== type);

/** The history with the fields of one event changed; of several of the type, the first. */
function withChanged(type: string, data: object): ToldEvent[] {
  const changed = story.events.find((event) => event.type === type);
  return story.events.map((event) => (event === changed ? { ...event, data: { ...event.data, ...data } } : event));
}

const theOne = (type: string): ToldEvent => {
  const found = story.events.find((event) => event.type === type);
  if (!found) throw new Error(`${type} is not in the history`);
  return found;
};

describe('the checks of a history', () => {
  it('find nothing in one that keeps the rules, and say how much they looked at', () => {
    expect(broken(story.events)).toEqual({});
    const results = checkHistory(recordedFacts(story.events));
    const examined = historyChecks.map((check) => [check, results[check].examined]);
    expect(Object.fromEntries(examined)).toEqual({
      disclosure_under_consent: 2,
      referral_cites_disclosure: 2,
      overdue_once: 1,
      escalated_once_per_level: 1,
      one_case_per_concern: 1,
      read_has_ground: 3,
      version_known: story.events.length,
    });
  });

  it('judge no event by the fields of a version that audit does not know, and say that it is there', () => {
    const later = story.events.map((event) =>
      event.type === 'DisclosureRecorded' ? { ...event, schemaVersion: 2, data: { consent: 'elsewhere' } } : event,
    );
    expect(broken(later)).toEqual({
      referral_cites_disclosure: ['disclosure_unknown', 'disclosure_unknown'],
      version_known: ['version_unknown', 'version_unknown'],
    });
  });

  it('find disclosures without a consent', () => {
    expect(broken(without('ConsentGiven'))).toEqual({
      disclosure_under_consent: ['consent_unknown', 'consent_unknown'],
    });
  });

  it('find a disclosure after the withdrawal, by the order of the stream and not by the clock', () => {
    const recorded = { ...theOne('DisclosureRecorded'), id: randomUUID(), at: '2026-03-04T23:00:00.000Z' };
    expect(broken([...story.events, recorded])).toEqual({ disclosure_under_consent: ['consent_withdrawn'] });
  });

  it('find a disclosure after the consent had come to its end', () => {
    expect(broken(withChanged('ConsentGiven', { validUntil: '2026-03-04T12:00:00.000Z' }))).toEqual({
      disclosure_under_consent: ['consent_expired'],
    });
  });

  it.each([
    ['recipient', { recipient: 'ethics_office' }],
    ['purpose', { purpose: 'investigation' }],
    ['categories', { categories: ['contact'] }],
  ])('find disclosures that go beyond the %s consented to', (_, given) => {
    expect(broken(withChanged('ConsentGiven', given))).toEqual({
      disclosure_under_consent: ['consent_does_not_cover', 'consent_does_not_cover'],
    });
  });

  it.each<[string, object, Fault]>([
    ['cites none', { disclosureId: null }, 'disclosure_not_cited'],
    ['cites one that the log does not know', { disclosureId: randomUUID() }, 'disclosure_unknown'],
    ['names another client', { clientId: randomUUID() }, 'disclosure_unknown'],
    ['went to another unit', { unit: 'ethics_office' }, 'disclosure_does_not_cover'],
    ['holds more than was disclosed', { categories: ['contact', 'narrative'] }, 'disclosure_does_not_cover'],
    ['names another consent', { consentId: randomUUID() }, 'disclosure_does_not_cover'],
  ])('find a referral whose sending %s', (_, data, fault) => {
    expect(broken(withChanged('ReferralSent', data))).toEqual({ referral_cites_disclosure: [fault] });
  });

  it('find an opening that cites the disclosure of the sending, or one that was cited before', () => {
    const { disclosureId } = theOne('ReferralSent').data;
    expect(broken(withChanged('ReferralPackageOpened', { disclosureId }))).toEqual({
      referral_cites_disclosure: ['disclosure_does_not_cover'],
    });
    const again = { ...theOne('ReferralPackageOpened'), id: randomUUID() };
    expect(broken([...story.events, again])).toEqual({ referral_cites_disclosure: ['disclosure_cited_twice'] });
  });

  it('find a sending that came before its disclosure', () => {
    const sent = theOne('ReferralSent');
    expect(broken([sent, ...without('ReferralSent')])).toEqual({ referral_cites_disclosure: ['disclosure_unknown'] });
  });

  it('find a second alarm for the same concern, but let the head be told after the supervisor', () => {
    const concern = `concern-${story.concernId}`;
    const at = '2026-03-03T12:00:00.000Z';
    expect(broken([...story.events, told(concern, 'FirstResponseOverdue', at)])).toEqual({
      overdue_once: ['repeated'],
    });
    expect(broken([...story.events, told(concern, 'ConcernEscalated', at, { to: 'head' })])).toEqual({});
    expect(broken([...story.events, told(concern, 'ConcernEscalated', at, { to: 'supervisor' })])).toEqual({
      escalated_once_per_level: ['repeated'],
    });
  });

  it('find a second case for the same concern', () => {
    const second = told('case-second', 'CaseOpened', '2026-03-04T00:00:00.000Z', { concernId: story.concernId });
    expect(broken([...story.events, second])).toEqual({ one_case_per_concern: ['repeated'] });
  });

  it('find a read without a ground', () => {
    expect(broken(withChanged('ClientDataRead', { ground: '' }))).toEqual({ read_has_ground: ['ground_missing'] });
  });

  it('name the event by its place in the log', () => {
    const opened = theOne('ReferralPackageOpened');
    const [finding] = checkHistory(recordedFacts([opened])).referral_cites_disclosure.findings;
    expect(finding).toEqual({
      position: '1',
      stream: referral,
      revision: 0,
      eventId: opened.id,
      fault: 'disclosure_unknown',
    });
  });
});
