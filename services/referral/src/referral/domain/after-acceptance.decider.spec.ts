import { describe, it } from '@jest/globals';
import type { ReferralCommand } from './referral.commands.js';
import type { ReferralEvent } from './referral.events.js';
import {
  ombudsman,
  ethics,
  clock,
  move,
  drafted,
  blocked,
  sent,
  acknowledged,
  accepted,
  declined,
  applied,
  withdraw,
  suspended,
  openPackage,
  decider,
} from './referral-history.fixture.js';

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
        .when(withdraw, clock)
        .then(applied('ended'));
    }
  });
});
