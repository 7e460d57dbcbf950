import { describe, it } from '@jest/globals';
import type { ReferralCommand } from './referral.commands.js';
import type { ReferralEvent } from './referral.events.js';
import {
  ombudsman,
  ethics,
  clock,
  toUnit,
  draft,
  drafted,
  given,
  missing,
  send,
  blocked,
  sent,
  acknowledged,
  accepted,
  declined,
  withdraw,
  applied,
  suspended,
  informed,
  knows,
  openPackage,
  decider,
} from './referral-history.fixture.js';

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

describe('a withdrawal', () => {
  it('suspends a live referral that was sent under the consent, and the unit is told', () => {
    const live = [[sent], [sent, acknowledged], [sent, acknowledged, accepted]] as const;
    for (const history of live)
      decider
        .given(drafted, ...history)
        .when(withdraw, clock)
        .then(suspended, informed, applied('suspended'));
  });

  it('suspends once, and says what it meant to whoever asks again', () => {
    decider
      .given(drafted, sent, suspended, informed, applied('suspended'))
      .when(withdraw, clock)
      .then(applied('suspended'));
  });

  it('leaves alone what is not live, and what was sent under another consent', () => {
    decider.given(drafted).when(withdraw, clock).then(applied('not_sent'));
    decider.given(drafted, sent, acknowledged, declined).when(withdraw, clock).then(applied('ended'));
    decider
      .given(drafted, { type: 'ReferralSent', data: { ...sent.data, consentId: 'consent-2' } })
      .when(withdraw, clock)
      .then(applied('not_sent'));
  });

  it('keeps what was authorised before, and is sent only afterwards, from going out', () => {
    const late = decider.given(drafted, applied('not_sent'));
    late.when(send).thenRejectedWith('consent_missing', 'ReferralBlocked');
    late.when({ ...send, consent: { ...given, consentId: 'consent-2' } }).thenTypes('ReferralSent');
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
