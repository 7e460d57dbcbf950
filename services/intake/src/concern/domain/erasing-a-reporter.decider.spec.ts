import { describe, it } from '@jest/globals';
import type { PersonOfConcern } from '@waymark/contracts';
import { specify } from '@waymark/event-sourcing';
import { concernDecider } from './concern.decider.js';
import type { ConcernCommand } from './concern.commands.js';
import { account, accepted, context, responded, submitted, taken } from './concern.fixture.js';
import type { ConcernEvent } from './concern.events.js';

const decider = specify(concernDecider, context);
const exclusions = { people: ['kwame'], roles: [], units: [] };
const byWitness = submitted({ account: { ...account, reporterRelation: 'witness', exclusions } });
const shutOut = ['5f0c6f1e1d5c8a3e8f006a2f0e9d1c77'];
const request = (way: 'oral' | 'receipt' = 'oral'): ConcernCommand => ({
  type: 'RequestReporterErasure',
  ...{ way, shutOut },
});
const asked = {
  clientId: 'new-client',
  reporterId: 'new-reporter',
  way: 'oral',
  requestedBy: 'amina',
  shutOut,
} as const;
const requested: ConcernEvent = { type: 'ReporterErasureRequested', data: { ...asked, exclusions } };
const erased = (...persons: readonly PersonOfConcern[]): ConcernEvent => ({
  type: 'PersonErased',
  data: { erasureId: 'erasure-1', persons: [...persons] },
});
/** As the log tells it once the reporter's key is gone. */
const { exclusions: _gone, narrative: _too, ...withoutKey } = byWitness.data as typeof byWitness.data & typeof account;
const untold: ConcernEvent = { type: 'ConcernSubmitted', data: withoutKey } as ConcernEvent;
const receipt = { actor: { kind: 'reporter', id: 'session-1', roles: [] } } as const;
const supervisor = { actor: { kind: 'staff', id: 'ingrid', roles: ['supervisor'] } } as const;

describe('the erasure of who reported and is not the client', () => {
  it('is asked for, again where it was declined, with the marks of whom they shut out, who stay shut out of what the client told', () => {
    decider.given(byWitness, taken).when(request()).then(requested);
    decider.given(byWitness, taken, requested).when(request()).then(requested);
  });

  it('is asked for by themself with their receipt, or recorded by who has taken the concern and by nobody else', () => {
    decider
      .given(byWitness)
      .when(request('receipt'), receipt)
      .then({
        type: 'ReporterErasureRequested',
        data: { ...asked, exclusions, way: 'receipt', requestedBy: 'session-1' },
      });
    decider.given(byWitness).when(request()).thenRejectedWith('concern_not_allocated_to_you');
    decider.given(byWitness, taken).when(request(), supervisor).thenRejectedWith('concern_not_allocated_to_you');
    decider.given(byWitness, taken, responded, accepted).when(request()).thenTypes('ReporterErasureRequested');
  });

  it('is refused where the reporter has a client’s receipt, or is erased', () => {
    decider.given(submitted(), taken).when(request()).thenTypes('ReporterErasureRequested');
    const upgraded = {
      type: 'ReceiptUpgraded',
      data: { scope: 'client', caseId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b60' },
    } as const;
    decider.given(submitted(), taken, upgraded).when(request()).thenRejectedWith('reporter_is_client');
    decider.given(byWitness, taken, requested, erased('reporter')).when(request()).thenRejectedWith('person_erased');
  });

  it('leaves whom they shut out where nothing of the client’s is left to keep from them', () => {
    const { exclusions: _kept, ...data } = requested.data as typeof asked & { exclusions: object };
    decider.given(byWitness, taken, erased('client')).when(request()).then({ type: 'ReporterErasureRequested', data });
  });

  it('keeps whom they shut out from the concern also when their own account is gone', () => {
    const allocate: ConcernCommand = { type: 'AllocateConcern', officerId: 'kwame' };
    decider
      .given(untold, requested, erased('reporter'))
      .when(allocate, supervisor)
      .thenRejectedWith('officer_excluded');
    decider.given(untold).when(allocate, supervisor).thenTypes('ConcernAllocated');
  });

  it('erases them and not the client, once', () => {
    const erase: ConcernCommand = { type: 'ErasePerson', personId: 'new-reporter', erasureId: 'erasure-1' };
    decider.given(byWitness, requested).when(erase).then(erased('reporter'));
    decider.given(byWitness, requested, erased('reporter')).when(erase).then();
    decider
      .given(byWitness, requested, erased('reporter'))
      .when({ ...erase, personId: 'new-client' })
      .then(erased('client'));
  });
});
