import { describe, it } from '@jest/globals';
import type { SealingContext } from '@waymark/contracts';
import { specify } from '@waymark/event-sourcing';
import type { ConsentCommand } from './consent-record.commands.js';
import { consentRecordDecider } from './consent-record.decider.js';
import type { ConsentEvent } from './consent-record.events.js';

const now = '2027-03-02T10:00:00.000Z';
const clientId = 'client-1';
const amina = { kind: 'staff', id: 'amina', roles: ['officer'] } as const;
const ingrid = { kind: 'staff', id: 'ingrid', roles: ['supervisor'] } as const;

const records = specify(consentRecordDecider, {
  now,
  actor: ingrid,
  newId: (label) => `new-${label}`,
  eventIdAt: (index) => `event-${index}`,
});

const asked = { erasureId: 'erasure-1', clientId, ground: 'client_request', way: 'oral' } as const;
const requested: ConsentEvent = {
  type: 'ErasureRequested',
  data: { ...asked, requestedBy: 'amina', requestedAt: '2027-03-01T10:00:00.000Z' },
};
const approved: ConsentEvent = {
  type: 'ErasureApproved',
  data: {
    ...{ erasureId: 'erasure-1', clientId, approvedBy: 'ingrid', approvedAt: now },
    answersDueAt: '2027-03-03T10:00:00.000Z',
  },
};
const held: ConsentEvent = {
  type: 'LegalHoldPlaced',
  data: { holdId: 'hold-1', clientId, basis: 'investigation', placedBy: 'ingrid', placedAt: now },
};
const lifted: ConsentEvent = {
  type: 'LegalHoldLifted',
  data: { holdId: 'hold-1', clientId, liftedBy: 'ingrid', liftedAt: now },
};
const erased = (context: SealingContext, backupsExpireAt = '2027-04-01T10:00:00.000Z') => ({
  ...{ context, destroyedAt: now, backupsExpireAt },
});
const answered = (...contexts: readonly SealingContext[]): readonly ConsentEvent[] =>
  contexts.map((context) => ({
    type: 'ContextErased',
    data: { erasureId: 'erasure-1', clientId, erased: erased(context) },
  }));
const confirm = (context: SealingContext, backupsExpireAt?: string): ConsentCommand => ({
  type: 'ConfirmErasure',
  erasureId: 'erasure-1',
  erased: erased(context, backupsExpireAt),
});
const request: ConsentCommand = { type: 'RequestErasure', clientId, ground: 'client_request', way: 'oral' };
const approve: ConsentCommand = { type: 'ApproveErasure', cameAgain: false };

describe('the erasure of a client', () => {
  it('is requested once, by the client, through an officer, or by a rule', () => {
    records
      .given()
      .when(request, { actor: amina })
      .then({
        type: 'ErasureRequested',
        data: { ...asked, erasureId: 'event-0', requestedBy: 'amina', requestedAt: now },
      });
    records.given().when({ type: 'RequestErasure', clientId, ground: 'retention' }).thenTypes('ErasureRequested');
    records.given(requested).when(request).thenRejectedWith('erasure_already_requested');
  });

  it('is approved by another person than the one who wrote the request down', () => {
    records.given(requested).when(approve).then(approved);
    records.given(requested).when(approve, { actor: amina }).thenRejectedWith('approver_is_requester');
    records.given().when(approve).thenRejectedWith('erasure_not_found');
    records.given(requested, approved).when(approve).thenRejectedWith('person_erased');
  });

  it('ends without an approval when the client no longer wants it, or another person declines it, and may be asked for again', () => {
    const ids = { erasureId: 'erasure-1', clientId };
    const withdrawn: ConsentEvent = {
      type: 'ErasureRequestWithdrawn',
      data: { ...ids, way: 'receipt', withdrawnBy: 'ingrid', withdrawnAt: now },
    };
    const declined: ConsentEvent = {
      type: 'ErasureDeclined',
      data: { ...ids, reason: 'still_in_touch', declinedBy: 'ingrid', declinedAt: now },
    };
    const withdraw: ConsentCommand = { type: 'WithdrawErasureRequest', way: 'receipt' };
    const decline: ConsentCommand = { type: 'DeclineErasure', reason: 'still_in_touch' };
    records.given(requested).when(withdraw).then(withdrawn);
    records.given(requested).when(decline).then(declined);
    records.given(requested).when(decline, { actor: amina }).thenRejectedWith('approver_is_requester');
    for (const ended of [withdrawn, declined]) {
      for (const command of [approve, withdraw, decline])
        records.given(requested, ended).when(command).thenRejectedWith('erasure_not_found');
      records.given(requested, ended).when(request).thenTypes('ErasureRequested');
    }
    for (const command of [withdraw, decline])
      records.given(requested, approved).when(command).thenRejectedWith('person_erased');
  });

  it('lapses at the approval, as an event, where the retention rule asked and the person has come again since', () => {
    const byRule: ConsentEvent = {
      type: 'ErasureRequested',
      data: { erasureId: 'erasure-1', clientId, ground: 'retention', requestedBy: 'consent', requestedAt: now },
    };
    const refusal = { recipient: 'legal', purpose: 'referral', categories: ['contact'], language: 'en' } as const;
    const refused: ConsentEvent = {
      type: 'ConsentRefused',
      data: { ...refusal, clientId, categories: ['contact'], explained: 'all', capacity: 'self' },
    };
    const elsewhere: ConsentCommand = { type: 'ApproveErasure', cameAgain: true };
    records.given(byRule).when(approve).thenTypes('ErasureApproved');
    records.given(byRule).when(elsewhere).thenRejectedWith('erasure_no_longer_due', 'ErasureRequestLapsed');
    records.given(byRule, refused).when(approve).thenRejectedWith('erasure_no_longer_due', 'ErasureRequestLapsed');
    records.given(requested, refused).when(elsewhere).thenTypes('ErasureApproved');
    records.given(byRule, held, lifted).when(approve).thenTypes('ErasureApproved');
  });

  it('is ordered again for the contexts that have not answered', () => {
    const demand: ConsentCommand = { type: 'DemandErasure', erasureId: 'erasure-1' };
    records
      .given(requested, approved, ...answered('case', 'consent'))
      .when(demand)
      .then({
        type: 'ErasureDemanded',
        data: {
          ...{ erasureId: 'erasure-1', clientId, approvedAt: now, demandedAt: now },
          missing: ['intake', 'referral'],
        },
      });
    records
      .given(requested, approved, ...answered('case', 'consent', 'intake', 'referral'))
      .when(demand)
      .then();
    records.given(requested).when(demand).thenRejectedWith('erasure_not_found');
  });

  it('is not approved while a legal hold stands, whichever came first', () => {
    records.given(requested, held).when(approve).thenRejectedWith('legal_hold_stands');
    records.given(held, requested).when(approve).thenRejectedWith('legal_hold_stands');
    records.given(held, requested, lifted).when(approve).thenTypes('ErasureApproved');
    records.given(lifted).when({ type: 'LiftLegalHold', holdId: 'hold-1' }).thenRejectedWith('legal_hold_not_found');
  });

  it('is too late for a legal hold once it is approved', () => {
    const hold: ConsentCommand = { type: 'PlaceLegalHold', clientId, basis: 'court_proceedings' };
    records.given(requested, approved).when(hold).thenRejectedWith('person_erased');
    records.given(requested).when(hold).thenTypes('LegalHoldPlaced');
  });

  it('ends all disclosures, also those that a consent would have covered', () => {
    const scope = { recipient: 'ombudsman', purpose: 'referral', categories: ['contact' as const] } as const;
    const given: ConsentEvent = {
      type: 'ConsentGiven',
      data: {
        ...{ ...scope, categories: [...scope.categories], language: 'en', explained: 'all', capacity: 'self' },
        ...{ consentId: 'consent-1', clientId, validUntil: '2027-09-01T00:00:00.000Z', givenAt: now, form: 'written' },
      },
    };
    const disclosure = {
      ...scope,
      categories: [...scope.categories],
      reference: 'r',
      act: 'open',
      onBehalfOf: 'o',
    } as const;
    const ask: ConsentCommand = { type: 'AuthorizeDisclosure', disclosure };
    records.given(given, requested).when(ask).thenTypes('DisclosureRecorded');
    records.given(given, requested, approved).when(ask).thenRejectedWith('consent_missing', 'DisclosureRefused');
  });

  it('is complete, with a certificate, when the last context has answered', () => {
    records
      .given(requested, approved)
      .when(confirm('case'))
      .then(...answered('case'));
    const three = answered('case', 'consent', 'referral');
    const last = confirm('intake', '2027-05-01T10:00:00.000Z');
    records
      .given(requested, approved, ...three)
      .when(last)
      .then(
        {
          type: 'ContextErased',
          data: { erasureId: 'erasure-1', clientId, erased: erased('intake', '2027-05-01T10:00:00.000Z') },
        },
        {
          type: 'ErasureCompleted',
          data: {
            ...{ ...asked, requestedBy: 'amina', approvedBy: 'ingrid', completedAt: now },
            contexts: [
              ...(['case', 'consent', 'referral'] as const).map((context) => erased(context)),
              erased('intake', '2027-05-01T10:00:00.000Z'),
            ],
            lastBackupExpiresAt: '2027-05-01T10:00:00.000Z',
          },
        },
      );
  });

  it('of who reported is requested in the name of who asked intake, once however often it is told', () => {
    const reporterOf = { clientId, concernId: 'concern-1', shutOut: ['5f0c6f1e1d5c8a3e8f006a2f0e9d1c77'] };
    const told = { way: 'oral', requestedBy: 'amina', reporterOf } as const;
    const tell: ConsentCommand = { type: 'RequestErasureForConcern', personId: 'reporter-1', ...told };
    const asks = { clientId: 'reporter-1', ground: 'reporter_request', requestedAt: now } as const;
    const noted: ConsentEvent = { type: 'ErasureRequested', data: { ...asks, ...told, erasureId: 'event-0' } };
    const service = { actor: { kind: 'service', id: 'consent', roles: [] } } as const;
    records.given().when(tell, service).then(noted);
    records.given(noted).when(tell, service).then();
    records.given(noted).when(approve, { actor: amina }).thenRejectedWith('approver_is_requester');
    records.given(noted).when(approve).thenTypes('ErasureApproved');
  });

  it('of who reported is admitted by the client’s record, once, unless the client is held', () => {
    const admit: ConsentCommand = {
      ...{ type: 'AdmitReporterErasure', clientId, reporterId: 'reporter-1', erasureId: 'erasure-2' },
    };
    const ids = { clientId, reporterId: 'reporter-1', erasureId: 'erasure-2' };
    const admitted: ConsentEvent = { type: 'ReporterErasureAdmitted', data: { ...ids, admittedAt: now } };
    records.given().when(admit).then(admitted);
    records.given(admitted).when(admit).then();
    records
      .given(admitted)
      .when({ ...admit, erasureId: 'erasure-3' })
      .thenTypes('ReporterErasureAdmitted');
    records.given(held).when(admit).thenRejectedWith('legal_hold_stands');
    records.given(admitted, held).when(admit).thenRejectedWith('legal_hold_stands');
    records.given(held, lifted).when(admit).then(admitted);
    // An erased client cannot be held any more, and what was admitted keeps nobody from anything.
    records.given(requested, approved).when(admit).then();
    records.given(admitted, requested).when(approve).thenTypes('ErasureApproved');
  });

  it('takes an answer that comes again as the one that it is, and none to another erasure', () => {
    records
      .given(requested, approved, ...answered('case'))
      .when(confirm('case'))
      .then();
    records.given(requested).when(confirm('case')).thenRejectedWith('erasure_not_found');
    records
      .given(requested, approved)
      .when({ type: 'ConfirmErasure', erasureId: 'erasure-2', erased: erased('case') })
      .thenRejectedWith('erasure_not_found');
  });
});
