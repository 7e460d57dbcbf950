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
      override_by_two_persons: 0,
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
      event.type === 'DisclosureRecorded' ? { ...event, schemaVersion: 3, data: { consent: 'elsewhere' } } : event,
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

  describe('with an override in the place of the consent', () => {
    const consent = theOne('ConsentGiven').stream;
    const scope = { recipient: 'ombudsman', purpose: 'referral', categories: ['contact', 'matter_summary'] };
    const [requestedBy, approvedBy, overrideId] = ['amina', 'ingrid', randomUUID()];
    const until = '2026-03-30T00:00:00.000Z';
    const at = '2026-03-01T00:00:00.000Z';

    /** The disclosures of the story as if an override had allowed them. */
    function overriding({
      legalBasis = 'legal_obligation',
      approver = approvedBy,
      request = {},
      cited = {},
      between = [],
      before = [],
      confirmed = {},
      schemaVersion = 1,
    }: {
      legalBasis?: string;
      approver?: string | undefined;
      request?: object;
      cited?: object;
      between?: readonly ToldEvent[];
      before?: readonly ToldEvent[];
      confirmed?: object;
      schemaVersion?: number;
    } = {}): ToldEvent[] {
      const asked = { ...scope, overrideId, legalBasis, requestedBy, validUntil: until, ...request };
      const override = { overrideId, legalBasis, requestedBy, approvedBy, ...cited };
      const decided = [
        ...before,
        told(consent, 'OverrideRequested', at, asked, { id: overrideId, schemaVersion }),
        ...(approver === ''
          ? []
          : [told(consent, 'OverrideApproved', at, { overrideId, approvedBy: approver, ...confirmed })]),
        ...between,
      ];
      const rest = without('ConsentGiven').map((event) => {
        const { consentId: _, ...data } = event.data;
        if (event.type === 'DisclosureRecorded') return { ...event, data: { ...data, override } };
        return ['ReferralSent', 'ReferralPackageOpened'].includes(event.type)
          ? { ...event, data: { ...data, overrideId } }
          : event;
      });
      return [...decided, ...rest];
    }

    it('find nothing when two persons decided on it', () => {
      expect(broken(overriding())).toEqual({});
    });

    it.each<[string, Parameters<typeof overriding>[0], Fault]>([
      ['was never approved', { approver: '' }, 'override_not_approved'],
      ['had come to its end', { request: { validUntil: '2026-03-02T00:00:00.000Z' } }, 'override_expired'],
      ['was to another unit', { request: { recipient: 'ethics_office' } }, 'override_does_not_cover'],
      ['was of fewer categories', { request: { categories: ['contact'] } }, 'override_does_not_cover'],
      ['is another', { cited: { overrideId: randomUUID() } }, 'override_unknown'],
      ['was decided by others than it says', { cited: { approvedBy: 'tomas' } }, 'override_cited_wrongly'],
      [
        'was ended before its time',
        { between: [told(consent, 'OverrideRevoked', at, { overrideId, reason: 'too_broad' })] },
        'override_revoked',
      ],
      [
        'had stood in for a client who has decided since',
        { legalBasis: 'vital_interest', between: [told(consent, 'ConsentRefused', at, scope)] },
        'override_ended_by_client',
      ],
    ])('find disclosures under one that %s', (_, changed, fault) => {
      expect(broken(overriding(changed))).toMatchObject({ disclosure_under_consent: [fault, fault] });
    });

    it('find one that its requester approved', () => {
      expect(broken(overriding({ approver: requestedBy, cited: { approvedBy: requestedBy } }))).toEqual({
        override_by_two_persons: ['approved_by_requester'],
      });
    });

    it('find one against a no of the client for a vital interest, unless both say why they cannot be asked', () => {
      const before = [told(consent, 'ConsentRefused', at, scope)];
      const cannotBeAsked = 'unconscious';
      const stated = { before, legalBasis: 'vital_interest', request: { cannotBeAsked }, schemaVersion: 2 };
      const fault = { override_by_two_persons: ['approved_against_a_no'] };
      expect(broken(overriding({ ...stated, request: {} }))).toEqual(fault);
      expect(broken(overriding(stated))).toEqual(fault);
      expect(broken(overriding({ ...stated, confirmed: { cannotBeAsked } }))).toEqual({});
      expect(broken(overriding({ ...stated, request: {}, legalBasis: 'legal_obligation' }))).toEqual({});
      const since = [...before, told(consent, 'ConsentGiven', at, { ...scope, validUntil: at })];
      expect(broken(overriding({ ...stated, before: since, request: {} }))).toEqual({});
      expect(broken(overriding({ ...stated, request: {}, schemaVersion: 1 }))).toEqual({});
    });

    it('find a sending that names another override than its disclosure', () => {
      const changed = overriding().map((event) =>
        event.type === 'ReferralSent' ? { ...event, data: { ...event.data, overrideId: randomUUID() } } : event,
      );
      expect(broken(changed)).toEqual({ referral_cites_disclosure: ['disclosure_does_not_cover'] });
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
