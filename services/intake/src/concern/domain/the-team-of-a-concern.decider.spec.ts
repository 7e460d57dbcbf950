import { describe, it } from '@jest/globals';
import { specify } from '@waymark/event-sourcing';
import { concernDecider } from './concern.decider.js';
import type { ConcernCommand } from './concern.commands.js';
import type { ConcernEvent, TeamOfConcern } from './concern.events.js';
import * as the from './concern.fixture.js';

const decider = specify(concernDecider, the.context);
/** By a witness, so that the client has no receipt yet. */
const raised = the.submitted({ account: { ...the.account, reporterRelation: 'witness' } });
const accepted = [raised, the.receiptIssued, the.taken, the.responded, the.triaged, the.guided, the.accepted];

const team = (members: readonly string[], revision = 2, caseId = 'case-1'): TeamOfConcern => ({
  ...{ caseId, team: [...members], changedAt: the.monday, revision },
});
const isNow = (...told: Parameters<typeof team>) => ({ type: 'TeamOfConcernChanged', data: team(...told) }) as const;
const record = (...told: Parameters<typeof team>): ConcernCommand => ({ type: 'RecordTeam', changed: team(...told) });
/** Says it as the message does. */
const heard = { actor: { kind: 'service', id: 'intake', roles: [] } } as const;
const officer = (id: string) => ({ actor: { kind: 'staff', id, roles: ['officer'] } }) as const;
const supervisor = { actor: { kind: 'staff', id: 'ingrid', roles: ['supervisor'] } } as const;

/** What is left to do for a concern once it was accepted. */
const message: ConcernCommand = { type: 'SendOfficerMessage', text: 'I am here now.' };
const handling: readonly { readonly command: ConcernCommand; readonly event: ConcernEvent['type'] }[] = [
  { command: message, event: 'OfficerMessageSent' },
  {
    command: { type: 'GiveGuidance', avenues: ['no_action_now'], decision: 'not_now' },
    event: 'GuidanceGiven',
  },
  { command: { type: 'IssueClientReceipt', receiptHash: 'another' }, event: 'ReceiptIssued' },
  {
    command: {
      type: 'LinkConcernToClient',
      earlier: { concernId: 'concern-0', clientId: 'old-client', handlers: [], erased: false },
    },
    event: 'ConcernLinkedToClient',
  },
];

describe('the team of the case that a concern became', () => {
  it('is recorded whenever it changes', () => {
    decider
      .given(...accepted)
      .when(record(['amina']), heard)
      .then(isNow(['amina']));
    decider
      .given(...accepted, isNow(['amina']))
      .when(record(['amina', 'lucia'], 3), heard)
      .then(isNow(['amina', 'lucia'], 3));
  });

  it('stays what it is when an earlier one comes late, or the same one twice', () => {
    const known = decider.given(...accepted, isNow(['amina']), isNow(['lucia'], 4));
    known.when(record(['amina', 'kwame'], 3), heard).then();
    known.when(record(['lucia'], 4), heard).then();
  });

  it('is recorded together with who has recused by the change, each once', () => {
    const recusal = { staffId: 'kwame', caseId: 'case-1', recusedAt: the.monday };
    const without: ConcernCommand = { type: 'RecordTeam', changed: team(['amina'], 3), recused: 'kwame' };
    const hasRecused = { type: 'OfficerRecusedFromConcern', data: recusal } as const;
    const known = decider.given(...accepted, isNow(['amina', 'kwame']));
    known.when(without, heard).then(isNow(['amina'], 3), hasRecused);
    decider
      .given(...accepted, isNow(['lucia'], 4))
      .when(without, heard)
      .then(hasRecused);
    decider
      .given(...accepted, isNow(['amina'], 3), hasRecused)
      .when(without, heard)
      .then();
  });

  it('is that of its own case, and of no other', () => {
    decider
      .given(...accepted, isNow(['amina']))
      .when(record(['lucia'], 9, 'case-2'), heard)
      .then();
  });

  it.each(handling)('does what whoever took the concern did: $command.type', ({ command, event }) => {
    const handled = decider.given(...accepted, isNow(['amina']), isNow(['lucia', 'kwame'], 3));
    for (const member of ['lucia', 'kwame']) handled.when(command, officer(member)).thenTypes(event);
  });

  it.each(handling)('does it in the place of whoever took the concern and has left: $command.type', ({ command }) => {
    const left = decider.given(...accepted, isNow(['amina']), isNow(['lucia'], 3));
    for (const outside of ['amina', 'kwame'])
      left.when(command, officer(outside)).thenRejectedWith('concern_not_allocated_to_you');
  });

  it('has nobody given the concern but its members, and whoever left has it no longer', () => {
    const left = decider.given(...accepted, isNow(['amina']), isNow(['lucia'], 3));
    const to = (officerId: string): ConcernCommand => ({ type: 'AllocateConcern', officerId });
    for (const outside of ['amina', 'kwame']) {
      left.when(to(outside), officer(outside)).thenRejectedWith('officer_excluded');
      left.when(to(outside), supervisor).thenRejectedWith('officer_excluded');
    }
    left.when(to('lucia'), officer('lucia')).thenTypes('ConcernAllocated');
  });

  it('may be nobody, and then nobody handles the concern', () => {
    decider
      .given(...accepted, isNow([], 3))
      .when(message)
      .thenRejectedWith('concern_not_allocated_to_you');
  });

  it('leaves an accepted concern accepted', () => {
    decider
      .given(...accepted, isNow(['lucia']))
      .when({ type: 'AcceptConcern', shutOut: [] }, officer('lucia'))
      .thenRejectedWith('concern_closed');
  });
});
