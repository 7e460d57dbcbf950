import { describe, it } from '@jest/globals';
import { specify } from '@waymark/event-sourcing';
import { concernDecider } from './concern.decider.js';
import type { ConcernCommand } from './concern.commands.js';
import {
  accepted,
  context,
  guided,
  receiptIssued,
  responded,
  submitted,
  taken,
  takenBy,
  triaged,
} from './concern.fixture.js';
import type { ConcernEvent } from './concern.events.js';

const decider = specify(concernDecider, context);
const accept = [submitted(), receiptIssued, taken, responded, triaged, guided, accepted];
const recusal = (staffId: string) => ({ staffId, caseId: 'case-1', recusedAt: context.now });
const record = (staffId: string): ConcernCommand => ({ type: 'RecordRecusal', ...recusal(staffId) });
const recused = (staffId: string): ConcernEvent => ({ type: 'OfficerRecusedFromConcern', data: recusal(staffId) });
const allocateTo = (officerId: string): ConcernCommand => ({ type: 'AllocateConcern', officerId });
/** Says it as the message does. */
const heard = { actor: { kind: 'service', id: 'intake', roles: [] } } as const;
const as = (id: string) => ({ actor: { kind: 'staff', id, roles: ['supervisor'] } }) as const;

describe('a recusal from the case of a concern', () => {
  it('is recorded once for each who recuses', () => {
    decider
      .given(...accept)
      .when(record('amina'), heard)
      .then(recused('amina'));
    decider
      .given(...accept, recused('amina'))
      .when(record('amina'), heard)
      .then();
    decider
      .given(...accept, recused('amina'))
      .when(record('kwame'), heard)
      .then(recused('kwame'));
  });

  it('takes the concern from whoever had taken it, for ever, and leaves it to another', () => {
    const after = decider.given(...accept, recused('amina'));
    after.when({ type: 'SendOfficerMessage', text: 'Once more.' }).thenRejectedWith('concern_not_found');
    after.when(allocateTo('amina')).thenRejectedWith('concern_not_found');
    after.when(allocateTo('amina'), as('ingrid')).thenRejectedWith('officer_excluded');
    after.when(allocateTo('lucia'), as('ingrid')).thenTypes('ConcernAllocated');
    const given = decider.given(...accept, recused('amina'), takenBy('lucia'));
    given.when({ type: 'SendOfficerMessage', text: 'I am here now.' }, as('lucia')).thenTypes('OfficerMessageSent');
  });

  it('of somebody else leaves it with whoever has taken it', () => {
    const after = decider.given(...accept, recused('kwame'));
    after.when({ type: 'SendOfficerMessage', text: 'Once more.' }).thenTypes('OfficerMessageSent');
    after.when(allocateTo('kwame'), as('ingrid')).thenRejectedWith('concern_already_allocated');
  });

  it('keeps a supervisor from triage too, which is theirs otherwise', () => {
    const { type, data } = triaged;
    const unaccepted = [submitted(), taken, responded];
    decider
      .given(...unaccepted)
      .when({ type: 'TriageConcern', ...data }, as('ingrid'))
      .thenTypes(type);
    decider
      .given(...unaccepted, recused('ingrid'))
      .when({ type: 'TriageConcern', ...data }, as('ingrid'))
      .thenRejectedWith('concern_not_found');
  });
});
