import { describe, expect, it } from '@jest/globals';
import { fold, specify } from '@waymark/event-sourcing';
import type { ConsentCommand, Grant } from './consent-record.commands.js';
import { consentRecordDecider } from './consent-record.decider.js';
import type { ConsentEvent, Disclosure } from './consent-record.events.js';
import { coverage } from './coverage.js';
import type { OverrideRequest } from './override.commands.js';

const now = '2026-03-03T10:00:00.000Z';
const clientId = 'client-1';
const context = {
  now,
  actor: { kind: 'staff', id: 'amina', roles: ['officer'] },
  newId: (label: string) => `new-${label}`,
  eventIdAt: (index: number) => `event-${index}`,
} as const;
const record = specify(consentRecordDecider, context);
const by = (id: string) => ({ actor: { kind: 'staff', id, roles: ['supervisor'] } }) as const;

const scope = { recipient: 'medical', purpose: 'medical_care', categories: ['identity', 'medical'] } as const;
const asked: OverrideRequest = {
  ...scope,
  legalBasis: 'vital_interest',
  justification: 'unconscious, and the ward asks for allergies',
  validUntil: '2026-03-05T10:00:00.000Z',
};
const request = (changed: Partial<OverrideRequest> = {}, saidNoElsewhere = false): ConsentCommand => ({
  type: 'RequestOverride',
  ...{ clientId, saidNoElsewhere },
  request: { ...asked, ...changed },
});
const requested = (changed: Partial<OverrideRequest> = {}): ConsentEvent => ({
  type: 'OverrideRequested',
  data: { ...asked, ...changed, overrideId: 'o-1', clientId, requestedBy: 'amina', requestedAt: now },
});
const informBy = '2026-03-06T10:00:00.000Z';
const approved = {
  type: 'OverrideApproved',
  data: { overrideId: 'o-1', clientId, approvedBy: 'ingrid', approvedAt: now, informBy },
} as const;
const informed: ConsentEvent = {
  type: 'ClientInformedOfOverride',
  data: { overrideId: 'o-1', clientId, way: 'in_person', informedAt: now, informedBy: 'amina' },
};
const approve = { type: 'ApproveOverride', overrideId: 'o-1', saidNoElsewhere: false, requesterIsOut: false } as const;

const grant: Grant = {
  ...scope,
  ...{ validUntil: '2026-06-02T00:00:00.000Z', language: 'ar', explained: 'all of it', capacity: 'self' },
  form: 'written',
};
const given: ConsentEvent = { type: 'ConsentGiven', data: { ...grant, clientId, consentId: 'c-1', givenAt: now } };
const withdrawn: ConsentEvent = {
  type: 'ConsentWithdrawn',
  data: { ...scope, consentId: 'c-1', clientId, way: 'receipt', withdrawnAt: now },
};
const refused: ConsentEvent = {
  type: 'ConsentRefused',
  data: { ...scope, clientId, language: 'ar', explained: 'all of it', capacity: 'self' },
};
const disclosure: Disclosure = { ...scope, reference: 'referral-1', act: 'open', onBehalfOf: 'marek' };
const disclose: ConsentCommand = { type: 'AuthorizeDisclosure', disclosure };

const may = (events: readonly ConsentEvent[], changed: object = {}, at = now) =>
  coverage(fold(consentRecordDecider, events), { ...scope, ...changed }, at);

describe('an override', () => {
  it('is asked for with its legal basis, and allows nothing yet', () => {
    record
      .given()
      .when(request())
      .then({
        type: 'OverrideRequested',
        data: { ...asked, overrideId: 'event-0', clientId, requestedBy: 'amina', requestedAt: now },
      });
    expect(may([requested()])).toEqual({ allowed: false, reason: 'no_consent' });
    record.given(requested()).when(disclose).thenRejectedWith('consent_missing', 'DisclosureRefused');
  });

  it('ends within 7 days, on a legal obligation within 183', () => {
    const until = (validUntil: string, legalBasis: OverrideRequest['legalBasis']) =>
      record.given().when(request({ validUntil, legalBasis }));
    until('2026-03-10T10:00:00.001Z', 'vital_interest').thenRejectedWith('invalid_override_validity');
    until('2026-03-10T10:00:00.001Z', 'imminent_harm_to_others').thenRejectedWith('invalid_override_validity');
    until('2026-09-02T10:00:00.001Z', 'legal_obligation').thenRejectedWith('invalid_override_validity');
    until(now, 'legal_obligation').thenRejectedWith('invalid_override_validity');
  });

  it('is approved by another person, once, while it can still hold', () => {
    record.given(requested()).when(approve, by('ingrid')).then(approved);
    record.given(requested()).when(approve, by('amina')).thenRejectedWith('approver_is_requester');
    record.given(requested(), approved).when(approve, by('tomas')).thenRejectedWith('override_already_approved');
    record.given().when(approve, by('ingrid')).thenRejectedWith('override_not_found');
    record
      .given(requested({ validUntil: now }))
      .when(approve, by('ingrid'))
      .thenRejectedWith('override_over');
    record.given(requested(), refused).when(approve, by('ingrid')).thenRejectedWith('override_over');
  });

  it('allows what it covers, and the disclosure cites both who decided', () => {
    const override = { overrideId: 'o-1', requestedBy: 'amina', approvedBy: 'ingrid' };
    record
      .given(requested(), approved)
      .when(disclose)
      .then({
        type: 'DisclosureRecorded',
        data: { ...disclosure, disclosureId: 'event-0', override: { ...override, legalBasis: 'vital_interest' } },
      });
    const nothing = { allowed: false, reason: 'no_consent' };
    const events = [requested(), approved];
    expect(may(events, { recipient: 'legal' })).toEqual(nothing);
    expect(may(events, { purpose: 'security' })).toEqual(nothing);
    expect(may(events, { categories: ['identity', 'narrative'] })).toEqual(nothing);
    expect(may(events, { categories: [] })).toEqual(nothing);
    expect(may(events, {}, asked.validUntil)).toEqual(nothing);
  });

  it('stands back where a consent covers it', () => {
    const legal = requested({ legalBasis: 'legal_obligation' });
    expect(may([legal, approved, given])).toMatchObject({ reason: 'covered', cites: { consentId: 'c-1' } });
  });

  it('of a vital interest ends when the client decides for themself; what the law obliges to does not', () => {
    for (const decided of [[refused], [given, withdrawn]]) {
      expect(may([requested(), approved, ...decided])).toMatchObject({ allowed: false });
      for (const legalBasis of ['legal_obligation', 'imminent_harm_to_others'] as const)
        expect(may([requested({ legalBasis }), approved, ...decided])).toMatchObject({ reason: 'overridden' });
    }
    expect(may([given, withdrawn, requested(), approved])).toMatchObject({ reason: 'overridden' });
    const elsewhere: ConsentEvent = { ...refused, data: { ...refused.data, recipient: 'legal' } };
    expect(may([requested(), approved, elsewhere])).toMatchObject({ reason: 'overridden' });
  });

  it('of a vital interest stands against a no only for somebody who cannot be asked any more, as both persons say', () => {
    const cannotBeAsked = 'unconscious';
    const stated = requested({ cannotBeAsked });
    for (const said of [[refused], [given, withdrawn], [given, refused]]) {
      record
        .given(...said)
        .when(request())
        .thenRejectedWith('client_said_no');
      record
        .given(...said)
        .when(request({ cannotBeAsked }))
        .thenTypes('OverrideRequested');
      record
        .given(...said)
        .when(request({ legalBasis: 'legal_obligation' }))
        .thenTypes('OverrideRequested');
      record
        .given(...said, requested())
        .when(approve, by('ingrid'))
        .thenRejectedWith('client_said_no');
      for (const unconfirmed of [approve, { ...approve, cannotBeAsked: 'unable_to_decide' } as const])
        record
          .given(...said, stated)
          .when(unconfirmed, by('ingrid'))
          .thenRejectedWith('cannot_be_asked_unconfirmed');
      record
        .given(...said, stated)
        .when({ ...approve, cannotBeAsked }, by('ingrid'))
        .then({ ...approved, data: { ...approved.data, cannotBeAsked } });
    }
    record.given().when(request({}, true)).thenRejectedWith('client_said_no');
    record
      .given(requested())
      .when({ ...approve, saidNoElsewhere: true }, by('ingrid'))
      .thenRejectedWith('client_said_no');
    record
      .given(stated, refused)
      .when({ ...approve, cannotBeAsked }, by('ingrid'))
      .thenRejectedWith('override_over');
  });

  it('stands against no no where the client has consented since, or said no to something else', () => {
    const elsewhere: ConsentEvent = { ...refused, data: { ...refused.data, recipient: 'legal' } };
    const other: ConsentEvent = { ...refused, data: { ...refused.data, categories: ['narrative'] } };
    const part: ConsentEvent = { ...given, data: { ...given.data, categories: ['identity'] } };
    for (const said of [[refused, given], [elsewhere], [other]])
      record
        .given(...said)
        .when(request())
        .thenTypes('OverrideRequested');
    record.given(refused, part).when(request()).thenRejectedWith('client_said_no');
    expect(may([refused])).toEqual({ allowed: false, reason: 'refused' });
    expect(may([refused, part])).toEqual({ allowed: false, reason: 'refused' });
    expect(may([refused, given, withdrawn])).toEqual({ allowed: false, reason: 'withdrawn' });
    expect(may([refused], { categories: ['narrative'] })).toEqual({ allowed: false, reason: 'no_consent' });
  });

  it('is declined by another person, or ended by whoever, and allows nothing from then on', () => {
    const decline = { type: 'DeclineOverride', overrideId: 'o-1', reason: 'basis_not_met' } as const;
    const revoke = { ...decline, type: 'RevokeOverride' } as const;
    const ids = { overrideId: 'o-1', clientId, reason: 'basis_not_met' } as const;
    const declined: ConsentEvent = {
      type: 'OverrideDeclined',
      data: { ...ids, declinedBy: 'ingrid', declinedAt: now },
    };
    const revoked: ConsentEvent = { type: 'OverrideRevoked', data: { ...ids, revokedBy: 'amina', revokedAt: now } };
    record.given(requested()).when(decline, by('ingrid')).then(declined);
    record.given(requested()).when(decline).thenRejectedWith('approver_is_requester');
    record.given(requested(), approved).when(decline, by('ingrid')).thenRejectedWith('override_already_approved');
    for (const history of [[requested()], [requested(), approved]])
      record
        .given(...history)
        .when(revoke)
        .then(revoked);
    for (const ended of [declined, revoked])
      for (const command of [approve, decline, revoke])
        record.given(requested(), ended).when(command, by('ingrid')).thenRejectedWith('override_over');
    expect(may([requested(), approved, revoked])).toEqual({ allowed: false, reason: 'no_consent' });
    record
      .given(requested())
      .when({ ...approve, requesterIsOut: true }, by('ingrid'))
      .thenRejectedWith('requester_is_out');
  });

  it('allows nothing once the client was erased', () => {
    const at = { erasureId: 'e-1', clientId };
    const erasure: ConsentEvent[] = [
      { type: 'ErasureRequested', data: { ...at, ground: 'client_request', requestedBy: 'a', requestedAt: now } },
      { type: 'ErasureApproved', data: { ...at, approvedBy: 'b', approvedAt: now, answersDueAt: now } },
    ];
    expect(may([requested(), approved, ...erasure])).toMatchObject({ allowed: false });
    record
      .given(requested(), ...erasure)
      .when(approve, by('ingrid'))
      .thenRejectedWith('person_erased');
    record
      .given(...erasure)
      .when(request())
      .thenRejectedWith('person_erased');
  });
});

describe('the client of an override', () => {
  const inform = (more: object = {}): ConsentCommand => ({
    ...{ type: 'InformClientOfOverride', overrideId: 'o-1', way: 'in_person' },
    ...more,
  });
  const delay = (until: string): ConsentCommand => ({
    ...{ type: 'DelayInformingOfOverride', overrideId: 'o-1', reason: 'he reads her letters', informBy: until },
  });

  it('is told, with how and when, also before it is approved', () => {
    record.given(requested(), approved).when(inform()).then(informed);
    record.given(requested()).when(inform()).then(informed);
    record.given(requested(), informed).when(inform()).thenRejectedWith('client_already_informed');
    record.given().when(inform()).thenRejectedWith('override_not_found');
    const times = ['2026-03-03T10:00:00.001Z', '2026-03-03T09:59:59.999Z'];
    for (const informedAt of times)
      record.given(requested()).when(inform({ informedAt })).thenRejectedWith('invalid_informed_at');
  });

  it('is told later only with a reason, and within 30 days', () => {
    const until = '2026-03-20T10:00:00.000Z';
    record
      .given(requested(), approved)
      .when(delay(until), by('ingrid'))
      .then({
        type: 'InformingOfOverrideDelayed',
        data: { overrideId: 'o-1', clientId, reason: 'he reads her letters', informBy: until, delayedBy: 'ingrid' },
      });
    record.given(requested()).when(delay(until)).thenRejectedWith('override_not_approved');
    record.given(requested(), approved, informed).when(delay(until)).thenRejectedWith('client_already_informed');
    record.given(requested(), approved).when(delay(now)).thenRejectedWith('invalid_delay');
    record.given(requested(), approved).when(delay('2026-04-02T10:00:00.001Z')).thenRejectedWith('invalid_delay');
  });
});
