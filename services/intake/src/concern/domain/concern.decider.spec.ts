import { describe, it } from '@jest/globals';
import type { GuidanceDecision } from '@waymark/contracts';
import { specify } from '@waymark/event-sourcing';
import type { ConcernCommand } from './concern.commands.js';
import { concernDecider } from './concern.decider.js';
import * as the from './concern.fixture.js';

const concern = specify(concernDecider, the.context);
const kwame = { actor: { ...the.context.actor, id: 'kwame' } };

describe('raising a concern', () => {
  it('starts the clock and issues a receipt; an affected reporter is the client', () => {
    concern.given().when(the.submit()).then(the.submitted(), the.receiptIssued);
  });

  it('gives a reporter who is not the affected person an identity apart from the client', () => {
    const told = { account: { ...the.account, reporterRelation: 'witness' as const } };
    concern.given().when(the.submit(told)).then(the.submitted(told), the.receiptIssued);
  });

  it('happens once', () => {
    concern.given(the.submitted()).when(the.submit()).thenRejectedWith('concern_exists');
  });

  it('keeps an anonymous reporter anonymous: no name, no contact details', () => {
    for (const told of [{ reporterName: 'Huda' }, { contactDetails: '+961 1 000 000' }])
      concern
        .given()
        .when(the.submit({ account: { ...the.account, ...told } }))
        .thenRejectedWith('anonymous_with_name');
  });

  it('lets a confidential or named reporter give both', () => {
    for (const identity of ['confidential', 'named'] as const)
      concern
        .given()
        .when(the.submit({ identity, account: { ...the.account, reporterName: 'Huda', contactDetails: 'at home' } }))
        .thenTypes('ConcernSubmitted', 'ReceiptIssued');
  });
});

describe('what happens to a concern that was never raised', () => {
  const commands: readonly ConcernCommand[] = [
    { type: 'AllocateConcern', officerId: 'amina' },
    { type: 'WarnOfFirstResponseDue' },
    { type: 'MarkFirstResponseOverdue' },
    { type: 'EscalateToHead' },
    { type: 'RecordFirstResponse', response: the.atTheMinute(the.monday) },
    { type: 'SendReporterMessage', text: 'a' },
    { type: 'SendOfficerMessage', text: 'a' },
    { type: 'TriageConcern', priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true },
    { type: 'GiveGuidance', avenues: ['no_action_now'], decision: 'not_now' },
    { type: 'AcceptConcern', shutOut: [] },
    { type: 'IssueClientReceipt', receiptHash: 'slow-hash' },
    { type: 'UpgradeReceipt', caseId: 'case-1' },
  ];

  it.each(commands)('is nothing: $type finds no concern', (command) => {
    concern.given().when(command).thenRejectedWith('concern_not_found');
  });
});

describe('taking a concern', () => {
  it('is recorded', () => {
    concern.given(the.submitted()).when({ type: 'AllocateConcern', officerId: 'amina' }).then(the.taken);
  });

  it('again by the same officer changes nothing', () => {
    concern.given(the.submitted(), the.taken).when({ type: 'AllocateConcern', officerId: 'amina' }).then();
  });

  it('is refused when another officer has taken it', () => {
    concern
      .given(the.submitted(), the.taken)
      .when({ type: 'AllocateConcern', officerId: 'kwame' })
      .thenRejectedWith('concern_already_allocated');
  });

  it('is handed over by a supervisor who knows who has it, and then the other handles it', () => {
    const handOver = { type: 'AllocateConcern', officerId: 'kwame', from: 'amina' } as const;
    const supervisor = { actor: { kind: 'staff', id: 'ingrid', roles: ['supervisor'] } } as const;
    const kwame = { actor: { kind: 'staff', id: 'kwame', roles: ['officer'] } } as const;
    const after = concern.given(the.submitted(), the.taken);
    after.when(handOver, supervisor).then(the.takenBy('kwame'));
    after.when(handOver, kwame).thenRejectedWith('only_supervisors_hand_over');
    after.when({ ...handOver, from: 'lucia' }, supervisor).thenRejectedWith('concern_not_with_that_officer');
    concern.given(the.submitted()).when(handOver, supervisor).thenRejectedWith('concern_not_with_that_officer');
    const handed = concern.given(the.submitted(), the.receiptIssued, the.taken, the.takenBy('kwame'));
    handed.when({ type: 'SendOfficerMessage', text: 'I am here.' }).thenRejectedWith('concern_not_allocated_to_you');
    handed
      .when({ type: 'SendOfficerMessage', text: 'I am here.' }, kwame)
      .thenTypes('OfficerMessageSent', 'FirstResponseGiven');
  });

  it('is refused to whom the reporter shut out', () => {
    const exclusions = { people: ['kwame'], roles: [], units: [] };
    concern
      .given(the.submitted({ account: { ...the.account, exclusions } }))
      .when({ type: 'AllocateConcern', officerId: 'kwame' })
      .thenRejectedWith('officer_excluded');
  });

  it('is refused to them however their id is spelt, where that is a UUID', () => {
    const [spelt, officerId] = ['0197D000-0000-7000-8000-00000000000A', '0197d000-0000-7000-8000-00000000000a'];
    const exclusions = { people: [spelt], roles: [], units: [] };
    concern
      .given(the.submitted({ account: { ...the.account, exclusions } }))
      .when({ type: 'AllocateConcern', officerId })
      .thenRejectedWith('officer_excluded');
  });
});

describe('a concern that an officer has not taken', () => {
  const commands: readonly ConcernCommand[] = [
    { type: 'RecordFirstResponse', response: the.atTheMinute(the.monday) },
    { type: 'SendOfficerMessage', text: 'a' },
    { type: 'TriageConcern', priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true },
    { type: 'GiveGuidance', avenues: ['no_action_now'], decision: 'not_now' },
    { type: 'AcceptConcern', shutOut: [] },
    { type: 'IssueClientReceipt', receiptHash: 'slow-hash' },
  ];

  it.each(commands)('is not theirs to handle: $type is refused', (command) => {
    concern.given(the.submitted()).when(command).thenRejectedWith('concern_not_allocated_to_you');
    concern.given(the.submitted(), the.taken).when(command, kwame).thenRejectedWith('concern_not_allocated_to_you');
  });
});

describe('handling a concern', () => {
  it('triages it, and again when the picture changes', () => {
    const triage = {
      type: 'TriageConcern',
      priority: 'urgent',
      riskOfRetaliation: true,
      mandatoryReportingExplained: true,
    } as const;
    concern.given(the.submitted(), the.taken).when(triage).then(the.triaged);
    concern.given(the.submitted(), the.taken, the.triaged).when(triage).then(the.triaged);
  });

  it('is triaged by a supervisor whether or not somebody has taken it, until it is accepted', () => {
    const triage = { type: 'TriageConcern', ...the.triaged.data } as const;
    const ingrid = { actor: { ...the.context.actor, id: 'ingrid', roles: ['supervisor'] } };
    concern.given(the.submitted()).when(triage, ingrid).then(the.triaged);
    concern.given(the.submitted(), the.taken).when(triage, ingrid).then(the.triaged);
    const accepted = [the.submitted(), the.taken, the.responded, the.triaged, the.guided, the.accepted];
    concern
      .given(...accepted)
      .when(triage, ingrid)
      .thenRejectedWith('concern_closed');
  });

  it('explains the avenues after a person has responded, not before', () => {
    const guide = { type: 'GiveGuidance', avenues: ['ombudsman_mediation'], decision: 'proceed' } as const;
    concern.given(the.submitted(), the.taken).when(guide).thenRejectedWith('first_response_missing');
    concern.given(the.submitted(), the.taken, the.responded).when(guide).then(the.guided);
  });

  it('accepts it after response, triage and guidance', () => {
    concern
      .given(the.submitted(), the.taken, the.responded, the.triaged, the.guided)
      .when({ type: 'AcceptConcern', shutOut: [] })
      .then(the.accepted);
  });

  it('does not accept it against what the person decided last, until they change their mind', () => {
    const accept = { type: 'AcceptConcern', shutOut: [] } as const;
    const decided = (decision: GuidanceDecision) =>
      ({ type: 'GuidanceGiven', data: { avenues: ['ombudsman_mediation'], decision } }) as const;
    const heard = [the.submitted(), the.taken, the.responded, the.triaged, the.guided];
    for (const no of ['declined', 'not_now'] as const) {
      concern
        .given(...heard, decided(no))
        .when(accept)
        .thenRejectedWith('person_declined');
      concern
        .given(...heard, decided(no), decided('proceed'))
        .when(accept)
        .then(the.accepted);
    }
    concern
      .given(...heard, decided('undecided'))
      .when(accept)
      .then(the.accepted);
  });

  it('neither accepts it nor asks for its case once its client is erased', () => {
    const ready = [the.submitted(), the.taken, the.responded, the.triaged, the.guided];
    const erased = { type: 'PersonErased', data: { erasureId: 'e-1', persons: ['client'] } } as const;
    concern
      .given(...ready, erased)
      .when({ type: 'AcceptConcern', shutOut: [] })
      .thenRejectedWith('person_erased');
    concern
      .given(...ready, the.accepted, erased)
      .when({ type: 'RequestCase' })
      .then();
  });

  it('does not accept it with a step left out', () => {
    const accept = { type: 'AcceptConcern', shutOut: [] } as const;
    concern.given(the.submitted(), the.taken, the.triaged).when(accept).thenRejectedWith('first_response_missing');
    concern.given(the.submitted(), the.taken, the.responded).when(accept).thenRejectedWith('triage_missing');
    concern
      .given(the.submitted(), the.taken, the.responded, the.triaged)
      .when(accept)
      .thenRejectedWith('guidance_missing');
  });

  it('ends with the acceptance', () => {
    const history = [the.submitted(), the.taken, the.responded, the.triaged, the.guided, the.accepted] as const;
    concern
      .given(...history)
      .when({ type: 'AcceptConcern', shutOut: [] })
      .thenRejectedWith('concern_closed');
    concern
      .given(...history)
      .when({ type: 'TriageConcern', priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true })
      .thenRejectedWith('concern_closed');
  });

  it('takes messages of the reporter at any time', () => {
    concern
      .given(the.submitted(), the.taken, the.responded, the.triaged, the.guided, the.accepted)
      .when({ type: 'SendReporterMessage', text: 'شكراً' })
      .then({ type: 'ReporterMessageReceived', data: { messageId: 'new-message', text: 'شكراً' } });
  });
});

describe('the case of a concern', () => {
  it('is asked for again with all that opens it, when the concern is accepted', () => {
    const accepted = [the.submitted(), the.taken, the.responded, the.triaged, the.guided, the.accepted];
    concern
      .given(...accepted)
      .when({ type: 'RequestCase' })
      .then({ type: 'CaseRequested', data: { clientId: 'new-client', officerId: 'amina' } });
    concern
      .given(...accepted.slice(0, -1))
      .when({ type: 'RequestCase' })
      .then();
  });
});

describe('receipts', () => {
  const witness = the.submitted({ account: { ...the.account, reporterRelation: 'witness' } });
  const clientReceipt = { type: 'ReceiptIssued', data: { scope: 'client', receiptHash: 'other-hash' } } as const;
  const issue = { type: 'IssueClientReceipt', receiptHash: 'other-hash' } as const;
  const upgrade = { type: 'UpgradeReceipt', caseId: 'case-1' } as const;
  const upgraded = { type: 'ReceiptUpgraded', data: { scope: 'client', caseId: 'case-1' } } as const;

  it('that of an affected reporter becomes a client receipt when the case opens, once', () => {
    concern.given(the.submitted(), the.receiptIssued).when(upgrade).then(upgraded);
    concern.given(the.submitted(), the.receiptIssued, upgraded).when(upgrade).then();
  });

  it('that of an affected reporter does also when they were erased before the case was known', () => {
    const told = the.submitted();
    const { narrative: _gone, ...left } = the.account;
    const { reporterRelation: _too, ...untold } = { ...told.data, ...left };
    concern
      .given({ type: 'ConcernSubmitted', data: untold } as typeof told, the.receiptIssued)
      .when(upgrade)
      .then(upgraded);
  });

  it('that of an affected reporter does also when an officer has given out a client receipt', () => {
    concern.given(the.submitted(), the.receiptIssued, the.taken, clientReceipt).when(upgrade).then(upgraded);
  });

  it('that of anybody else does not', () => {
    concern.given(witness, the.receiptIssued).when(upgrade).then();
  });

  it('a contact that an officer registered has none to become one', () => {
    concern.given(the.submitted()).when(upgrade).then();
  });

  it('an affected reporter has theirs and gets no other as the client, but for one that was not given any', () => {
    concern
      .given(the.submitted(), the.receiptIssued, the.taken)
      .when(issue)
      .thenRejectedWith('client_holds_reporter_receipt');
    concern.given(the.submitted(), the.taken).when(issue).then(clientReceipt);
  });

  it('the officer gives the client one of their own, once', () => {
    concern.given(witness, the.receiptIssued, the.taken).when(issue).then(clientReceipt);
    concern
      .given(witness, the.receiptIssued, the.taken, clientReceipt)
      .when(issue)
      .thenRejectedWith('client_receipt_exists');
    concern
      .given(the.submitted(), the.receiptIssued, the.taken, upgraded)
      .when(issue)
      .thenRejectedWith('client_receipt_exists');
  });
});
