import { describe, it } from '@jest/globals';
import { type DecisionContext, specify } from '@waymark/event-sourcing';
import type { ConsentAnswer, ReferralCommand } from './referral.commands.js';
import { referralDecider } from './referral.decider.js';
import type { ReferralEvent } from './referral.events.js';

const now = '2026-03-02T08:00:00.000Z';
const context: DecisionContext = {
  now,
  actor: { kind: 'staff', id: 'amina', roles: ['officer'] },
  newId: (label) => `${label}-1`,
  eventIdAt: String,
};
const ombudsman = { actor: { kind: 'staff', id: 'olivier', roles: ['unit_focal_point'], unit: 'ombudsman' } } as const;
const ethics = { actor: { kind: 'staff', id: 'elena', roles: ['unit_focal_point'], unit: 'ethics_office' } } as const;
const clock = { actor: { kind: 'service', id: 'referral', roles: [] } } as const;

const envelope = { $sealed: { subject: 'client-1', data: 'bytes' } };
const ids = { caseId: 'case-1', clientId: 'client-1', unit: 'ombudsman', service: 'mediation' } as const;
const move = { ...ids, movedAt: now } as const;
const toUnit = { clientId: 'client-1', unit: 'ombudsman' } as const;
const draft: Extract<ReferralCommand, { type: 'DraftReferral' }> = {
  type: 'DraftReferral',
  referralId: 'referral-1',
  ...ids,
  purpose: 'referral',
  urgency: 'urgent',
  package: { matter_summary: envelope, contact: envelope },
};
const drafted: ReferralEvent = {
  type: 'ReferralDrafted',
  data: {
    ...move,
    referralId: 'referral-1',
    purpose: 'referral',
    urgency: 'urgent',
    categories: ['contact', 'matter_summary'],
    package: { matter_summary: envelope, contact: envelope },
    draftedBy: 'amina',
  },
};
const given: ConsentAnswer = { kind: 'given', consentId: 'consent-1', disclosureId: 'disclosure-1' };
const missing: ConsentAnswer = { kind: 'missing' };
const send: Extract<ReferralCommand, { type: 'SendReferral' }> = { type: 'SendReferral', consent: given };
const blocked: ReferralEvent = {
  type: 'ReferralBlocked',
  data: { ...move, purpose: 'referral', categories: ['contact', 'matter_summary'], attemptedBy: 'amina' },
};
const sent = {
  type: 'ReferralSent',
  data: {
    ...move,
    purpose: 'referral',
    categories: ['contact', 'matter_summary'],
    consentId: 'consent-1',
    disclosureId: 'disclosure-1',
    acknowledgeBy: '2026-03-03T08:00:00.000Z',
    sentBy: 'amina',
  },
} as const satisfies ReferralEvent;
const acknowledged: ReferralEvent = { type: 'ReferralAcknowledged', data: { ...move, acknowledgedBy: 'olivier' } };
const accepted: ReferralEvent = { type: 'ReferralAccepted', data: { ...move, acceptedBy: 'olivier' } };
const declined: ReferralEvent = {
  type: 'ReferralDeclined',
  data: { ...move, declinedBy: 'olivier', reason: 'no_capacity' },
};
const withdrawnAt = '2026-03-02T07:59:59.000Z';
const suspend: ReferralCommand = { type: 'SuspendReferral', consentId: 'consent-1', withdrawnAt };
const suspended: ReferralEvent = { type: 'ReferralSuspended', data: { ...move, consentId: 'consent-1', withdrawnAt } };
const informed: ReferralEvent = {
  type: 'RecipientInformed',
  data: { ...toUnit, about: 'consent_withdrawn', consentId: 'consent-1' },
};
const knows: ReferralEvent = { type: 'SuspensionAcknowledged', data: { ...toUnit, acknowledgedBy: 'olivier' } };
const openPackage: ReferralCommand = { type: 'OpenPackage', consentId: 'consent-1', disclosureId: 'disclosure-2' };

const decider = specify(referralDecider, context);

describe('drafting a referral', () => {
  it('names the data categories of its package, and who drafted it', () => {
    decider.given().when(draft).then(drafted);
  });

  it('needs something in the package, and happens once', () => {
    decider
      .given()
      .when({ ...draft, package: {} })
      .thenRejectedWith('invalid_package');
    decider.given(drafted).when(draft).thenRejectedWith('referral_exists');
  });
});

describe('sending a referral', () => {
  it('names the consent and the disclosure that allowed it, and is due to be acknowledged in 24 hours when urgent', () => {
    decider.given(drafted).when(send).then(sent);
  });

  it('is due to be acknowledged in 72 hours when routine', () => {
    const routine: ReferralEvent = { type: 'ReferralDrafted', data: { ...drafted.data, urgency: 'routine' } };
    decider
      .given(routine)
      .when(send)
      .then({ type: 'ReferralSent', data: { ...sent.data, acknowledgeBy: '2026-03-05T08:00:00.000Z' } });
  });

  it('is refused without consent, and the attempt is recorded', () => {
    decider
      .given(drafted)
      .when({ ...send, consent: missing })
      .thenRejectedWith('consent_missing', 'ReferralBlocked');
  });

  it('may be tried again once it was blocked, and is recorded again when it is refused again', () => {
    decider.given(drafted, blocked).when(send).then(sent);
    decider
      .given(drafted, blocked)
      .when({ ...send, consent: missing })
      .thenRejectedWith('consent_missing', 'ReferralBlocked');
  });

  it('may leave categories out, but not add any', () => {
    decider
      .given(drafted)
      .when({ ...send, categories: ['contact'] })
      .then({ type: 'ReferralSent', data: { ...sent.data, categories: ['contact'] } });
    decider
      .given(drafted)
      .when({ ...send, categories: ['contact', 'narrative'] })
      .thenRejectedWith('invalid_categories');
  });

  it('happens once', () => {
    decider.given(drafted, sent).when(send).thenRejectedWith('referral_already_sent');
    decider.given(drafted, sent, suspended, informed).when(send).thenRejectedWith('referral_already_sent');
    decider.given().when(send).thenRejectedWith('referral_not_found');
  });
});

describe('opening the package', () => {
  it('is recorded with who opened what under which consent', () => {
    decider
      .given(drafted, { type: 'ReferralSent', data: { ...sent.data, categories: ['contact'] } })
      .when(openPackage, ombudsman)
      .then({
        type: 'ReferralPackageOpened',
        data: {
          ...toUnit,
          purpose: 'referral',
          categories: ['contact'],
          consentId: 'consent-1',
          disclosureId: 'disclosure-2',
          openedBy: 'olivier',
        },
      });
  });

  it('goes on while the unit deals with it, and may be repeated', () => {
    for (const history of [
      [sent, acknowledged],
      [sent, acknowledged, accepted],
    ] as const)
      decider
        .given(drafted, ...history)
        .when(openPackage, ombudsman)
        .thenTypes('ReferralPackageOpened');
  });

  it('ends with suspension and with declining', () => {
    decider.given(drafted, sent, suspended).when(openPackage, ombudsman).thenRejectedWith('referral_suspended');
    decider
      .given(drafted, sent, acknowledged, declined)
      .when(openPackage, ombudsman)
      .thenRejectedWith('referral_closed');
  });

  it('is for the unit that it was sent to: for another, and before sending, there is no referral', () => {
    decider.given(drafted, sent).when(openPackage, ethics).thenRejectedWith('referral_not_found');
    decider.given(drafted, sent).when(openPackage).thenRejectedWith('referral_not_found');
    decider.given(drafted).when(openPackage, ombudsman).thenRejectedWith('referral_not_found');
    decider.given(drafted, blocked).when(openPackage, ombudsman).thenRejectedWith('referral_not_found');
  });
});

describe('what the unit answers', () => {
  const acknowledge: ReferralCommand = { type: 'AcknowledgeReferral' };
  const accept: ReferralCommand = { type: 'AcceptReferral' };
  const decline: ReferralCommand = { type: 'DeclineReferral', reason: 'no_capacity' };

  it('is first an acknowledgement, then yes or no', () => {
    decider.given(drafted, sent).when(acknowledge, ombudsman).then(acknowledged);
    decider.given(drafted, sent, acknowledged).when(accept, ombudsman).then(accepted);
    decider.given(drafted, sent, acknowledged).when(decline, ombudsman).then(declined);
  });

  it('comes in this order, each once', () => {
    decider.given(drafted, sent).when(accept, ombudsman).thenRejectedWith('referral_not_acknowledged');
    decider.given(drafted, sent).when(decline, ombudsman).thenRejectedWith('referral_not_acknowledged');
    const taken = [drafted, sent, acknowledged, accepted] as const;
    decider
      .given(drafted, sent, acknowledged)
      .when(acknowledge, ombudsman)
      .thenRejectedWith('referral_already_acknowledged');
    decider
      .given(...taken)
      .when(decline, ombudsman)
      .thenRejectedWith('referral_already_decided');
    decider
      .given(drafted, sent, acknowledged, declined)
      .when(accept, ombudsman)
      .thenRejectedWith('referral_already_decided');
  });

  it('is for the unit that it was sent to, and not for the desk', () => {
    for (const command of [acknowledge, accept, decline]) {
      decider.given(drafted, sent, acknowledged).when(command, ethics).thenRejectedWith('referral_not_found');
      decider.given(drafted, sent, acknowledged).when(command).thenRejectedWith('referral_not_found');
    }
  });

  it('ends when the client withdraws', () => {
    for (const command of [acknowledge, accept, decline])
      decider
        .given(drafted, sent, acknowledged, suspended)
        .when(command, ombudsman)
        .thenRejectedWith('referral_suspended');
  });
});

describe('what follows on acceptance', () => {
  const begin: ReferralCommand = { type: 'BeginService' };
  const complete: ReferralCommand = { type: 'CompleteReferral', outcome: 'service_provided' };
  const missed: ReferralCommand = { type: 'RecordNonAttendance' };
  const begun: ReferralEvent = { type: 'ReferralServiceBegun', data: { ...move, begunBy: 'olivier' } };
  const completed: ReferralEvent = {
    type: 'ReferralCompleted',
    data: { ...move, outcome: 'service_provided', completedBy: 'olivier' },
  };
  const notAttended: ReferralEvent = { type: 'ReferralNotAttended', data: { ...move, recordedBy: 'olivier' } };
  const taken = [drafted, sent, acknowledged, accepted] as const;

  it('is the service, and then its outcome; or the client did not come', () => {
    decider
      .given(...taken)
      .when(begin, ombudsman)
      .then(begun);
    for (const history of [taken, [...taken, begun]] as const) {
      decider
        .given(...history)
        .when(complete, ombudsman)
        .then(completed);
      decider
        .given(...history)
        .when(missed, ombudsman)
        .then(notAttended);
    }
  });

  it('needs an acceptance, and ends once', () => {
    for (const command of [begin, complete, missed]) {
      decider.given(drafted, sent, acknowledged).when(command, ombudsman).thenRejectedWith('referral_not_accepted');
      for (const end of [completed, notAttended])
        decider
          .given(...taken, end)
          .when(command, ombudsman)
          .thenRejectedWith('referral_closed');
      decider
        .given(...taken, suspended)
        .when(command, ombudsman)
        .thenRejectedWith('referral_suspended');
      decider
        .given(...taken)
        .when(command, ethics)
        .thenRejectedWith('referral_not_found');
    }
    decider
      .given(...taken, begun)
      .when(begin, ombudsman)
      .thenRejectedWith('service_already_begun');
  });

  it('closes the package', () => {
    for (const end of [completed, notAttended])
      decider
        .given(...taken, begun, end)
        .when(openPackage, ombudsman)
        .thenRejectedWith('referral_closed');
  });

  it('may be corrected by the unit, once there is an outcome, to another one', () => {
    const correct: ReferralCommand = { type: 'CorrectOutcome', outcome: 'partly_provided' };
    const corrected: ReferralEvent = {
      type: 'ReferralOutcomeCorrected',
      data: { ...move, outcome: 'partly_provided', previousOutcome: 'service_provided', correctedBy: 'olivier' },
    };
    decider
      .given(...taken, completed)
      .when(correct, ombudsman)
      .then(corrected);
    decider
      .given(...taken, completed, corrected)
      .when(correct, ombudsman)
      .thenRejectedWith('outcome_unchanged');
    for (const history of [taken, [...taken, notAttended]] as const)
      decider
        .given(...history)
        .when(correct, ombudsman)
        .thenRejectedWith('referral_not_completed');
    decider
      .given(...taken, completed)
      .when(correct, ethics)
      .thenRejectedWith('referral_not_found');
  });

  it('can be cut short by the desk or by the client, sent or not, until it has ended', () => {
    const revoked: ReferralEvent = { type: 'ReferralRevoked', data: { ...move, revokedBy: 'amina' } };
    const declinedByClient: ReferralEvent = {
      type: 'ReferralDeclinedByClient',
      data: { ...move, recordedBy: 'amina' },
    };
    const open = [[drafted], [drafted, blocked], [drafted, sent], taken, [...taken, begun], [...taken, suspended]];
    for (const history of open) {
      decider
        .given(...history)
        .when({ type: 'RevokeReferral' })
        .then(revoked);
      decider
        .given(...history)
        .when({ type: 'RecordClientDecline' })
        .then(declinedByClient);
    }
    for (const end of [completed, notAttended, declined, revoked, declinedByClient]) {
      decider
        .given(...taken, end)
        .when({ type: 'RevokeReferral' })
        .thenRejectedWith('referral_closed');
      decider
        .given(...taken, end)
        .when({ type: 'RecordClientDecline' })
        .thenRejectedWith('referral_closed');
      decider
        .given(...taken, end)
        .when(suspend, clock)
        .then();
    }
  });
});

describe('a withdrawal', () => {
  it('suspends a live referral that was sent under the consent, and the unit is told', () => {
    const live = [[sent], [sent, acknowledged], [sent, acknowledged, accepted]] as const;
    for (const history of live)
      decider
        .given(drafted, ...history)
        .when(suspend, clock)
        .then(suspended, informed);
  });

  it('does so once, however often it is heard of', () => {
    decider.given(drafted, sent, suspended, informed).when(suspend, clock).then();
  });

  it('leaves alone what is not live, and what was sent under another consent', () => {
    decider.given(drafted).when(suspend, clock).then();
    decider.given(drafted, sent, acknowledged, declined).when(suspend, clock).then();
    decider
      .given(drafted, { type: 'ReferralSent', data: { ...sent.data, consentId: 'consent-2' } })
      .when(suspend, clock)
      .then();
  });

  it('is acknowledged by the unit, once', () => {
    const confirm: ReferralCommand = { type: 'AcknowledgeSuspension' };
    const history = [drafted, sent, suspended, informed] as const;
    decider
      .given(...history)
      .when(confirm, ombudsman)
      .then(knows);
    decider
      .given(...history, knows)
      .when(confirm, ombudsman)
      .thenRejectedWith('suspension_already_acknowledged');
    decider
      .given(...history)
      .when(confirm, ethics)
      .thenRejectedWith('referral_not_found');
    decider.given(drafted, sent).when(confirm, ombudsman).thenRejectedWith('referral_not_suspended');
  });
});
