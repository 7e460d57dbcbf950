import { describe, it } from '@jest/globals';
import { specify } from '@waymark/event-sourcing';
import { concernDecider } from './concern.decider.js';
import type { ConcernCommand, EarlierConcern } from './concern.commands.js';
import type { ConcernEvent } from './concern.events.js';
import * as the from './concern.fixture.js';

const concern = specify(concernDecider, the.context);
const readyToAccept = [the.submitted(), the.taken, the.responded, the.triaged, the.guided];

const linkTo = (changed: Partial<EarlierConcern> = {}): ConcernCommand => ({
  type: 'LinkConcernToClient',
  earlier: { concernId: 'concern-0', clientId: 'old-client', handlers: [], erased: false, ...changed },
});
const ids = { linkId: 'event-0', clientId: 'new-client', earlierClientId: 'old-client' };
const linked: ConcernEvent = { type: 'ConcernLinkedToClient', data: { ...ids, earlierConcernId: 'concern-0' } };
const settled = (outcome: 'linked' | 'refused'): ConcernEvent => ({
  type: 'ClientLinkSettled',
  data: { ...ids, outcome },
});
const requested = (of: 'consent' | 'case'): ConcernEvent => ({ type: 'ClientLinkRequested', data: { ...ids, of } });

describe('linking a concern to a client who came before', () => {
  it('keeps both ids, and says which concern it was', () => {
    concern.given(the.submitted(), the.taken).when(linkTo()).then(linked);
  });

  it('is for the officer who has taken it', () => {
    concern.given(the.submitted()).when(linkTo()).thenRejectedWith('concern_not_allocated_to_you');
    concern
      .given(the.submitted(), the.takenBy('kwame'))
      .when(linkTo())
      .thenRejectedWith('concern_not_allocated_to_you');
  });

  it('to itself, or to the client whom it has, is refused', () => {
    for (const same of [{ concernId: 'concern-1' }, { clientId: 'new-client' }])
      concern.given(the.submitted(), the.taken).when(linkTo(same)).thenRejectedWith('link_to_itself');
  });

  it('twice to the same client is once, to another refused', () => {
    for (const history of [[linked], [linked, settled('linked')]]) {
      concern
        .given(the.submitted(), the.taken, ...history)
        .when(linkTo())
        .then();
      concern
        .given(the.submitted(), the.taken, ...history)
        .when(linkTo({ clientId: 'another' }))
        .thenRejectedWith('concern_already_linked');
    }
  });

  it('is possible again after it was refused', () => {
    concern
      .given(the.submitted(), the.taken, linked, settled('refused'))
      .when(linkTo({ clientId: 'another' }))
      .thenTypes('ConcernLinkedToClient');
  });

  it('is refused when either person was erased', () => {
    const erased: ConcernEvent = { type: 'PersonErased', data: { erasureId: 'erasure-1', persons: ['client'] } };
    concern.given(the.submitted(), the.taken, erased).when(linkTo()).thenRejectedWith('person_erased');
    concern
      .given(the.submitted(), the.taken)
      .when(linkTo({ erased: true }))
      .thenRejectedWith('person_erased');
  });

  it('is refused where its reporter shuts out who handles the earlier concern', () => {
    const account = { ...the.account, exclusions: { people: ['kwame'], roles: [], units: [] } };
    concern
      .given(the.submitted({ account }), the.taken)
      .when(linkTo({ handlers: ['lucia', 'kwame'] }))
      .thenRejectedWith('earlier_officer_excluded');
  });
});

describe('a linked concern', () => {
  it('is not accepted before the link is settled', () => {
    concern
      .given(...readyToAccept, linked)
      .when({ type: 'AcceptConcern', shutOut: [] })
      .thenRejectedWith('link_not_settled');
  });

  it('is accepted for the earlier client when it is, and for its own when it was refused', () => {
    for (const [outcome, clientId] of [
      ['linked', 'old-client'],
      ['refused', 'new-client'],
    ] as const)
      concern
        .given(...readyToAccept, linked, settled(outcome))
        .when({ type: 'AcceptConcern', shutOut: [] })
        .then({ type: 'ConcernAccepted', data: { clientId, officerId: 'amina' } });
  });

  it('asks for its case, once more, for the earlier client', () => {
    concern
      .given(...readyToAccept, the.accepted, linked, settled('linked'))
      .when({ type: 'RequestCase' })
      .then({ type: 'CaseRequested', data: { clientId: 'old-client', officerId: 'amina' } });
  });
});

describe('taking a link along', () => {
  const request = (of: 'consent' | 'case', linkId = 'event-0'): ConcernCommand => ({
    type: 'RequestClientLink',
    linkId,
    of,
  });

  it('asks consent as often as it has to', () => {
    concern.given(the.submitted(), the.taken, linked).when(request('consent')).then(requested('consent'));
    concern
      .given(the.submitted(), the.taken, linked, requested('consent'))
      .when(request('consent'))
      .then(requested('consent'));
  });

  it('asks the case only if one was opened for the client before the link', () => {
    const after = [linked, settled('linked')];
    concern
      .given(the.submitted(), the.taken, ...after)
      .when(request('case'))
      .then();
    const acceptedLater: ConcernEvent = {
      type: 'ConcernAccepted',
      data: { clientId: 'old-client', officerId: 'amina' },
    };
    concern
      .given(...readyToAccept, ...after, acceptedLater)
      .when(request('case'))
      .then();
    concern
      .given(...readyToAccept, the.accepted, ...after)
      .when(request('case'))
      .then(requested('case'));
  });

  it('is settled once, and of a link that is over nothing is heard any more', () => {
    const settle = (outcome: 'linked' | 'refused', linkId = 'event-0') =>
      ({ type: 'SettleClientLink', linkId, outcome }) as const;
    concern.given(the.submitted(), linked).when(settle('linked')).then(settled('linked'));
    concern.given(the.submitted(), linked, settled('refused')).when(settle('linked')).then();
    concern.given(the.submitted(), linked).when(settle('linked', 'event-9')).then();
    concern.given(the.submitted(), linked).when(request('consent', 'event-9')).then();
  });
});
