import { describe, it } from '@jest/globals';
import type { PersonOfConcern } from '@waymark/contracts';
import { specify } from '@waymark/event-sourcing';
import { concernDecider } from './concern.decider.js';
import type { ConcernCommand } from './concern.commands.js';
import type { ConcernEvent } from './concern.events.js';
import { account, accepted, context, responded, submitted, taken } from './concern.fixture.js';

const decider = specify(concernDecider, context);
const exclusions = { people: ['kwame'], roles: [], units: [] };
const byClient = submitted({ account: { ...account, exclusions } });
const byWitness = submitted({ account: { ...account, reporterRelation: 'witness', exclusions } });
const shutOut = ['5f0c6f1e1d5c8a3e8f006a2f0e9d1c77'];
const end: ConcernCommand = { type: 'EndRetention', shutOut };
const ended = (of: readonly PersonOfConcern[], changed: object = {}): ConcernEvent => ({
  type: 'RetentionEnded',
  data: { clientId: 'new-client', reporterId: 'new-reporter', of: [...of], shutOut, ...changed },
});
const erased = (...persons: readonly PersonOfConcern[]): ConcernEvent => ({
  type: 'PersonErased',
  data: { erasureId: 'erasure-1', persons: [...persons] },
});
/** As the log tells it once the reporter's key is gone. */
const { exclusions: _gone, narrative: _too, ...withoutKey } = byWitness.data as typeof byWitness.data & typeof account;
const untold: ConcernEvent = { type: 'ConcernSubmitted', data: withoutKey } as ConcernEvent;

describe('the end of the time that a concern is kept', () => {
  it('is that of client and reporter where no case followed, and keeps whom the reporter shut out for the client', () => {
    decider
      .given(byWitness, taken)
      .when(end)
      .then(ended(['client', 'reporter'], { exclusions }));
    decider
      .given(byClient)
      .when(end)
      .then(ended(['client'], { reporterId: 'new-client' }));
  });

  it('is that of the reporter only where a case followed, and of nobody where they are the client', () => {
    const followed = [taken, responded, accepted];
    decider
      .given(byWitness, ...followed, erased('client'))
      .when(end)
      .then(ended(['reporter']));
    decider
      .given(byClient, ...followed)
      .when(end)
      .then();
  });

  it('is taken back when somebody writes, once, and by nothing that clocks or other services do', () => {
    const write: ConcernCommand = { type: 'SendReporterMessage', text: 'I am still here.' };
    const resumed: ConcernEvent = {
      type: 'RetentionResumed',
      data: { clientId: 'new-client', reporterId: 'new-reporter', of: ['client', 'reporter'] },
    };
    const reporter = { actor: { kind: 'reporter', id: 'session-1', roles: [] } } as const;
    decider
      .given(byWitness, ended(['client', 'reporter']))
      .when(write, reporter)
      .thenTypes('ReporterMessageReceived', 'RetentionResumed');
    decider
      .given(byWitness, ended(['client', 'reporter']), resumed)
      .when(write, reporter)
      .thenTypes('ReporterMessageReceived');
    decider
      .given(byWitness, ended(['client', 'reporter']))
      .when({ type: 'ErasePerson', personId: 'new-client', erasureId: 'erasure-1' })
      .then(erased('client'));
  });

  it('is of nobody whose texts are gone', () => {
    decider
      .given(byWitness, erased('client'))
      .when(end)
      .then(ended(['reporter']));
    decider
      .given(untold, ended(['client', 'reporter'], { exclusions }), erased('reporter'))
      .when(end)
      .then(ended(['client']));
    decider.given(byWitness, erased('client', 'reporter')).when(end).then();
  });

  it('shuts out whom the reporter shut out, also when the reporter’s account is gone', () => {
    const allocate: ConcernCommand = { type: 'AllocateConcern', officerId: 'kwame' };
    const supervisor = { actor: { kind: 'staff', id: 'ingrid', roles: ['supervisor'] } } as const;
    decider
      .given(untold, ended(['client', 'reporter'], { exclusions }), erased('reporter'))
      .when(allocate, supervisor)
      .thenRejectedWith('officer_excluded');
  });
});
