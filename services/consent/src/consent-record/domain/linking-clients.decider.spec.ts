import { describe, it } from '@jest/globals';
import { specify } from '@waymark/event-sourcing';
import type { ConsentCommand } from './consent-record.commands.js';
import { consentRecordDecider } from './consent-record.decider.js';
import type { ConsentEvent } from './consent-record.events.js';

const now = '2027-03-02T10:00:00.000Z';
const records = specify(consentRecordDecider, {
  now,
  actor: { kind: 'service', id: 'consent', roles: [] },
  newId: (label) => `new-${label}`,
  eventIdAt: (index) => `event-${index}`,
});

const link = { clientId: 'client-1', linkedClientId: 'client-2', concernId: 'concern-2', linkId: 'link-2' };
const linked: ConsentEvent = { type: 'ClientsLinked', data: link };
const answered = (outcome: 'linked' | 'refused'): ConsentEvent => ({
  type: 'ClientLinkAnswered',
  data: { ...link, outcome },
});
const asked = { clientId: 'client-1', ground: 'client_request', way: 'oral', requestedBy: 'amina' } as const;
const requested: ConsentEvent = {
  type: 'ErasureRequested',
  data: { ...asked, erasureId: 'erasure-1', requestedAt: now },
};
const held: ConsentEvent = {
  type: 'LegalHoldPlaced',
  data: { holdId: 'hold-1', clientId: 'client-1', basis: 'investigation', placedBy: 'ingrid', placedAt: now },
};

describe('the record of a client who came before', () => {
  const command: ConsentCommand = { type: 'LinkClient', link };

  it('takes the other id in, once', () => {
    records.given().when(command).then(linked);
    records.given(linked).when(command).then();
  });

  it('is taken in after all where only the retention rule had asked for an erasure, which passes', () => {
    const { way: _nobody, ...ofRule } = asked;
    const byRule: ConsentEvent = {
      type: 'ErasureRequested',
      data: { ...ofRule, ground: 'retention', erasureId: 'erasure-1', requestedAt: now },
    };
    const lapsed: ConsentEvent = {
      type: 'ErasureRequestLapsed',
      data: { erasureId: 'erasure-1', clientId: 'client-1', because: 'client_came_again', lapsedAt: now },
    };
    const answer: ConsentCommand = { type: 'AnswerLink', link, outcome: 'linked' };
    records.given(byRule).when(command).then(lapsed, linked);
    records.given(byRule).when(answer).then(lapsed, linked, answered('linked'));
  });

  it('takes the other id in where the request was withdrawn', () => {
    const withdrawn: ConsentEvent = {
      type: 'ErasureRequestWithdrawn',
      data: { erasureId: 'erasure-1', clientId: 'client-1', way: 'oral', withdrawnBy: 'amina', withdrawnAt: now },
    };
    records.given(requested, withdrawn).when(command).then(linked);
  });

  it('refuses as soon as an erasure was asked for; what was linked before stays linked', () => {
    records.given(requested).when(command).thenRejectedWith('erasure_under_way');
    records.given(linked, requested).when(command).then();
  });
});

describe('the record of a client who comes again', () => {
  const answer = (outcome: 'linked' | 'refused'): ConsentCommand => ({ type: 'AnswerLink', link, outcome });

  it('is linked with the answer, and answers again to who asks again', () => {
    records.given().when(answer('linked')).then(linked, answered('linked'));
    records.given(linked, answered('linked')).when(answer('linked')).then(answered('linked'));
  });

  it('says that it was refused, and is linked to nobody', () => {
    records.given().when(answer('refused')).then(answered('refused'));
  });
});

describe('an erasure by another id of the person', () => {
  const { clientId, ...told } = asked;
  const along: ConsentCommand = { type: 'EraseAlong', clientId, with: { ...told, approvedBy: 'ingrid' } };
  const approved: ConsentEvent = {
    type: 'ErasureApproved',
    data: {
      ...{ erasureId: 'event-0', clientId, approvedBy: 'ingrid', approvedAt: now },
      answersDueAt: '2027-03-03T10:00:00.000Z',
    },
  };
  const both: readonly ConsentEvent[] = [
    { type: 'ErasureRequested', data: { ...asked, erasureId: 'event-0', requestedAt: now } },
    approved,
  ];

  it('is asked for and approved by the same two persons, also where one of them had asked for this one', () => {
    records
      .given(linked)
      .when(along)
      .then(...both);
    records
      .given(linked, requested)
      .when(along)
      .thenTypes('ErasureRequestLapsed', 'ErasureRequested', 'ErasureApproved');
  });

  it('happens once, and not while a legal hold stands', () => {
    records
      .given(linked, ...both)
      .when(along)
      .then();
    records.given(linked, held).when(along).thenRejectedWith('legal_hold_stands');
  });
});
