import { describe, expect, it } from '@jest/globals';
import { specify } from '@waymark/event-sourcing';
import { concernDecider } from './concern.decider.js';
import * as the from './concern.fixture.js';
import { responseClock } from './concern.state.js';

const concern = specify(concernDecider, the.context);
const at = (milliseconds: number) => ({ now: the.later(milliseconds) });
const due = { at: (hours: number) => ({ dueAt: the.later(hours * the.hour) }) };

const warn = { type: 'WarnOfFirstResponseDue' } as const;
const expire = { type: 'MarkFirstResponseOverdue' } as const;
const escalate = { type: 'EscalateToHead' } as const;

describe('the clock of the first response', () => {
  it('gives 24 hours, warns four before the end and goes to the head four after it', () => {
    expect(responseClock(the.atTheMinute(the.monday), false)).toEqual({
      warnAt: '2026-03-03T04:00:00.000Z',
      dueAt: '2026-03-03T08:00:00.000Z',
      escalateToHeadAt: '2026-03-03T12:00:00.000Z',
    });
  });

  it('gives one hour in danger, with a quarter of it to warn', () => {
    expect(responseClock(the.atTheMinute(the.monday), true)).toEqual({
      warnAt: '2026-03-02T08:45:00.000Z',
      dueAt: '2026-03-02T09:00:00.000Z',
      escalateToHeadAt: '2026-03-02T09:15:00.000Z',
    });
  });

  it('runs by the calendar, also over the night when summer time begins', () => {
    const beforeTheNight = the.atTheMinute('2026-03-28T12:00:00.000Z');
    expect(responseClock(beforeTheNight, false)?.dueAt).toBe('2026-03-29T12:00:00.000Z');
  });

  it('takes a month that has begun somewhere on earth, and none that has not', () => {
    const march = { at: '2026-03-01T00:00:00.000Z', precision: 'month' } as const;
    const on = (now: string) => concern.given().when(the.register(march), { now });
    on('2026-02-28T10:00:00.000Z').thenTypes('ConcernSubmitted');
    on('2026-02-28T09:59:59.999Z').thenRejectedWith('contact_in_future');
  });

  it.each(['month', 'unknown'] as const)('does not run where the contact is known to the %s only', (precision) => {
    expect(responseClock({ at: the.monday, precision }, true)).toBeUndefined();
    concern
      .given()
      .when(the.register({ at: '2021-01-01T00:00:00.000Z', precision }))
      .thenTypes('ConcernSubmitted');
    for (const command of [warn, expire, escalate])
      concern
        .given(the.submitted({}, { at: the.monday, precision }))
        .when(command, at(999 * the.hour))
        .then();
  });

  it('takes medical urgency for danger', () => {
    concern
      .given(the.submitted({ medicalUrgency: true }))
      .when(expire, at(the.hour))
      .then(
        { type: 'FirstResponseOverdue', data: due.at(1) },
        { type: 'ConcernEscalated', data: { to: 'supervisor' } },
      );
  });
});

describe('what the clock says', () => {
  const boundaries = [
    { command: warn, hours: 20, danger: false, says: ['FirstResponseDue'] },
    { command: expire, hours: 24, danger: false, says: ['FirstResponseOverdue', 'ConcernEscalated'] },
    { command: warn, hours: 0.75, danger: true, says: ['FirstResponseDue'] },
    { command: expire, hours: 1, danger: true, says: ['FirstResponseOverdue', 'ConcernEscalated'] },
  ] as const;

  it.each(boundaries)('$command.type: at $hours hours to the millisecond', ({ command, hours, danger, says }) => {
    const raised = the.submitted({ immediateDanger: danger });
    concern
      .given(raised)
      .when(command, at(hours * the.hour - 1))
      .thenRejectedWith('clock_not_due');
    concern
      .given(raised)
      .when(command, at(hours * the.hour))
      .thenTypes(...says);
  });

  it('it tells the head four hours after the end, to the millisecond', () => {
    const late = [the.submitted(), the.warned, the.overdue, the.escalatedTo('supervisor')] as const;
    concern
      .given(...late)
      .when(escalate, at(28 * the.hour - 1))
      .thenRejectedWith('clock_not_due');
    concern
      .given(...late)
      .when(escalate, at(28 * the.hour))
      .then(the.escalatedTo('head'));
  });

  it('it says once', () => {
    const all = [
      the.submitted(),
      the.warned,
      the.overdue,
      the.escalatedTo('supervisor'),
      the.escalatedTo('head'),
    ] as const;
    for (const command of [warn, expire, escalate])
      concern
        .given(...all)
        .when(command, at(99 * the.hour))
        .then();
  });

  it('it does not warn of what has come already', () => {
    concern
      .given(the.submitted(), the.overdue, the.escalatedTo('supervisor'))
      .when(warn, at(25 * the.hour))
      .then();
  });

  it('it never tells the head before it is overdue and the supervisor has been told', () => {
    concern
      .given(the.submitted())
      .when(escalate, at(28 * the.hour))
      .then(the.overdue, the.escalatedTo('supervisor'), the.escalatedTo('head'));
  });

  it('ends with the first response', () => {
    for (const command of [warn, expire, escalate])
      concern
        .given(the.submitted(), the.taken, the.responded)
        .when(command, at(99 * the.hour))
        .then();
  });
});

describe('what stops the clock', () => {
  const soon = the.later(the.hour);
  const given = (withinTarget: boolean, when = soon, hoursTaken = 1) => ({
    type: 'FirstResponseGiven' as const,
    data: { response: the.atTheMinute(when), withinTarget, hoursTaken, occurredAt: when },
  });

  it("a person's first message does, their next says no more than itself", () => {
    const message = {
      type: 'OfficerMessageSent',
      data: { messageId: 'new-message', text: 'Nous vous croyons.' },
    } as const;
    const send = { type: 'SendOfficerMessage', text: 'Nous vous croyons.' } as const;
    const raised = [the.submitted(), the.receiptIssued, the.taken];
    concern
      .given(...raised)
      .when(send, { now: soon })
      .then(message, given(true));
    concern
      .given(...raised, given(true))
      .when(send, { now: soon })
      .then(message);
  });

  it('a message that no receipt opens is not sent: nobody would read it, and the clock goes on', () => {
    const send = { type: 'SendOfficerMessage', text: 'Nous vous croyons.' } as const;
    const witness = the.submitted({ account: { ...the.account, reporterRelation: 'witness' } });
    const ofTheClient = { type: 'ReceiptIssued', data: { scope: 'client', receiptHash: 'other-hash' } } as const;
    const phoned = concern.given(the.submitted(), the.taken);
    phoned.when(send, { now: soon }).thenRejectedWith('nobody_could_read_it');
    concern.given(witness, the.taken, ofTheClient).when(send, { now: soon }).thenRejectedWith('nobody_could_read_it');
    concern
      .given(the.submitted(), the.taken, ofTheClient)
      .when(send, { now: soon })
      .thenTypes('OfficerMessageSent', 'FirstResponseGiven');
  });

  it('a recorded call does', () => {
    const record = { type: 'RecordFirstResponse', response: the.atTheMinute(soon) } as const;
    concern
      .given(the.submitted(), the.taken)
      .when(record, { now: the.later(2 * the.hour) })
      .then(given(true));
  });

  it('taking, triage and a message of the reporter do not', () => {
    const message = { type: 'ReporterMessageReceived', data: { messageId: 'm', text: 'Are you there?' } } as const;
    concern
      .given(the.submitted(), the.taken, the.triaged, message)
      .when(expire, at(24 * the.hour))
      .then(the.overdue, the.escalatedTo('supervisor'));
  });

  it('is recorded once', () => {
    concern
      .given(the.submitted(), the.taken, the.responded)
      .when({ type: 'RecordFirstResponse', response: the.atTheMinute(soon) }, { now: soon })
      .thenRejectedWith('first_response_already_given');
  });

  it('is within the target up to the last millisecond', () => {
    const record = (when: string) => ({ type: 'RecordFirstResponse', response: the.atTheMinute(when) }) as const;
    const raised = [the.submitted(), the.taken] as const;
    const [last, late] = [the.later(24 * the.hour), the.later(24 * the.hour + 1)];
    concern
      .given(...raised)
      .when(record(last), { now: late })
      .then(given(true, last, 24));
    concern
      .given(...raised)
      .when(record(late), { now: late })
      .then(given(false, late, 25));
  });

  it('is not judged where only the day or the month is known', () => {
    for (const precision of ['day', 'month', 'unknown'] as const) {
      const response = { at: '2026-03-02T00:00:00.000Z', precision };
      concern
        .given(the.submitted(), the.taken)
        .when({ type: 'RecordFirstResponse', response })
        .then({ type: 'FirstResponseGiven', data: { response, occurredAt: response.at } });
    }
  });

  it('cannot lie before the contact', () => {
    concern
      .given(the.submitted(), the.taken)
      .when({ type: 'RecordFirstResponse', response: the.atTheMinute(the.later(-1)) })
      .thenRejectedWith('first_response_before_contact');
  });

  it('cannot lie in the future, but for the five minutes by which clocks differ', () => {
    const record = (milliseconds: number) =>
      ({ type: 'RecordFirstResponse', response: the.atTheMinute(the.later(milliseconds)) }) as const;
    concern.given(the.submitted(), the.taken).when(record(300_000)).thenTypes('FirstResponseGiven');
    concern.given(the.submitted(), the.taken).when(record(300_001)).thenRejectedWith('contact_in_future');
  });
});

describe('a contact entered on somebody’s behalf', () => {
  const registered = (time = the.atTheMinute(the.monday)) => {
    const event = the.submitted({ channel: 'helpline' }, time);
    if (event.type !== 'ConcernSubmitted') throw new Error('not a submission');
    return { ...event, data: { ...event.data, registeredBy: 'amina' } };
  };

  it('has the clock of its contact, no receipt, and says who entered it', () => {
    concern
      .given()
      .when(the.register(the.atTheMinute(the.monday)))
      .then(registered());
  });

  it('happens once', () => {
    concern
      .given(the.submitted())
      .when(the.register(the.atTheMinute(the.monday)))
      .thenRejectedWith('concern_exists');
  });

  it('entered 25 hours late without a response is overdue and escalated at once', () => {
    concern
      .given()
      .when(the.register(the.atTheMinute(the.monday)), at(25 * the.hour))
      .then(registered(), the.overdue, the.escalatedTo('supervisor'));
  });

  it('is overdue at once from the 24th hour on, to the millisecond', () => {
    const call = the.register(the.atTheMinute(the.monday));
    concern
      .given()
      .when(call, at(24 * the.hour - 1))
      .thenTypes('ConcernSubmitted');
    concern
      .given()
      .when(call, at(24 * the.hour))
      .thenTypes('ConcernSubmitted', 'FirstResponseOverdue', 'ConcernEscalated');
  });

  it('entered late with the response it had is not overdue', () => {
    const response = the.atTheMinute(the.later(the.hour));
    concern
      .given()
      .when(the.register(the.atTheMinute(the.monday), {}, response), at(25 * the.hour))
      .then(registered(), {
        type: 'FirstResponseGiven',
        data: { response, withinTarget: true, hoursTaken: 1, occurredAt: response.at },
      });
  });

  it('cannot lie in the future, but for the five minutes by which clocks differ', () => {
    concern
      .given()
      .when(the.register(the.atTheMinute(the.later(300_000))))
      .thenTypes('ConcernSubmitted');
    concern
      .given()
      .when(the.register(the.atTheMinute(the.later(300_001))))
      .thenRejectedWith('contact_in_future');
  });

  it('cannot have been answered before it came', () => {
    concern
      .given()
      .when(the.register(the.atTheMinute(the.monday), {}, the.atTheMinute(the.later(-1))))
      .thenRejectedWith('first_response_before_contact');
  });

  it('stays anonymous as well', () => {
    const told = { account: { ...the.account, reporterName: 'Huda' } };
    concern
      .given()
      .when(the.register(the.atTheMinute(the.monday), told))
      .thenRejectedWith('anonymous_with_name');
  });
});
