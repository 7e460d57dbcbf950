import { describe, expect, it } from '@jest/globals';
import { policySet } from '@waymark/access';
import { oneDay } from '../fixtures/one-day.fixture.js';
import { recordedFacts } from '../fixtures/recorded-facts.fixture.js';
import { told, type ToldEvent } from '../fixtures/told-events.fixture.js';
import { stateAt } from '../replay/state-at.js';
import { sightsOf } from './sights.js';
import { thingsAt } from './things-then.js';

const story = oneDay();
const { caseId, clientId, concernId, consentId, day } = story;
const asTheyCame = (events: readonly ToldEvent[]) =>
  recordedFacts(events.map((event) => ({ ...event, recordedAt: event.at })));
const today = { service: 'case', current: true, intact: true, set: policySet() } as const;

const thingsThen = (time: string, events: readonly ToldEvent[]) => {
  const facts = asTheyCame(events);
  return thingsAt(facts, stateAt(facts, caseId, day(time), 'recorded'), clientId, day(time));
};

/** In short: `supervisor` for everybody of a role, `ombudsman: unit_focal_point` for those of a unit, `amina` and `-ingrid` for people. */
function could(action: string, time: string, events: readonly ToldEvent[] = story.events) {
  const things = thingsThen(time, events);
  const sights = things.flatMap((thing) => sightsOf(thing, today, { concernId, clientId }).sights);
  const sight = sights.find((each) => each.action === action);
  if (!sight) return undefined;
  const { everybody, people, keptOut, obstacle } = sight;
  if (obstacle) return [obstacle, ...everybody, ...people, ...keptOut];
  return [
    ...everybody.map(({ kind, who, units = [], exceptUnits = [] }) =>
      [kind === 'role' ? '' : `${kind} `, units.map((unit) => `${unit}: `), who, exceptUnits].flat().join(''),
    ),
    ...people.map(({ staffId }) => staffId),
    ...keptOut.map(({ staffId }) => `-${staffId}`),
  ];
}

describe('who could see a case at a moment', () => {
  it('is nobody before there was anything', () => {
    expect(thingsThen('07:59', story.events)).toEqual([]);
  });

  it('is whoever had taken its concern, and every supervisor, before the case was opened', () => {
    expect(could('ReadConcern', '08:00')).toEqual(['supervisor']);
    expect(could('ReadConcern', '08:10')).toEqual(['supervisor', 'amina']);
    expect(could('ReadMyConcern', '08:00')).toEqual(['receipt reporter', 'receipt client']);
    expect(could('ReadCase', '08:59')).toBeUndefined();
  });

  it('follows the team at once, to the moment', () => {
    expect(could('ReadCase', '09:00')).toEqual(['supervisor', 'amina']);
    expect(could('ReadCase', '09:10')).toEqual(['supervisor', 'amina', 'kwame']);
    expect(could('ReadCase', '10:59')).toEqual(['supervisor', 'amina', 'ingrid', 'kwame']);
    expect(could('ReadCase', '11:00')).toEqual(['supervisor', 'amina', 'ingrid']);
    expect(could('ListConsents', '10:59')).toEqual(['amina', 'ingrid', 'kwame']);
    expect(could('ListConsents', '11:00')).toEqual(['amina', 'ingrid']);
  });

  it('follows it to the concern as well, from the moment the concern was told, and leaves whoever took it and is gone', () => {
    const heardAt = (time: string, ...team: readonly string[]) =>
      told(`concern-${concernId}`, 'TeamOfConcernChanged', day(time), { caseId, team });
    const events = [...story.events, heardAt('09:15', 'amina', 'kwame'), heardAt('14:00', 'kwame')];
    for (const [time, ...people] of [
      ['09:14', 'amina'],
      ['09:15', 'amina', 'kwame'],
      ['13:59', 'amina', 'kwame', 'lucia'],
      ['14:00', 'kwame', 'lucia'],
      ['17:00', 'kwame'],
    ] as const)
      expect({ time, could: could('ReadConcern', time, events) }).toEqual({ time, could: ['supervisor', ...people] });
    expect(could('FindSameContact', '14:00', events)).toEqual(['kwame']);
  });

  it('is not whoever has recused, though every supervisor could', () => {
    expect(could('ReadCase', '12:00')).toEqual(['supervisor', 'amina', '-ingrid']);
    expect(could('ReadEmergencyAccess', '12:00')).toEqual(['supervisor', 'auditor', '-ingrid']);
  });

  it('is whoever had broken the glass, for their hours', () => {
    expect(could('ReadCase', '12:59')).not.toContain('lucia');
    expect(could('ReadCase', '13:00')).toEqual(['supervisor', 'amina', 'lucia', '-ingrid']);
    expect(could('ListNotes', '16:59')).toContain('lucia');
    expect(could('ListConsents', '16:59')).not.toContain('lucia');
    expect(could('ReadCase', '17:00')).toEqual(['supervisor', 'amina', '-ingrid']);
  });

  it('is the unit once a referral was sent to it, and its package until it was revoked', () => {
    expect(could('ReadReferral', '09:30')).toEqual(['amina', 'ingrid', 'kwame']);
    expect(could('OpenPackage', '09:30')).toEqual([]);
    expect(could('OpenPackage', '10:10')).toEqual(['ombudsman: unit_focal_point']);
    expect(could('ReadReferral', '10:10')).toEqual(['ombudsman: unit_focal_point', 'amina', 'ingrid', 'kwame']);
    expect(could('OpenPackage', '17:59')).toEqual(['ombudsman: unit_focal_point', '-ingrid']);
    expect(could('OpenPackage', '18:00')).toEqual(['referral_not_live']);
    expect(could('ReadReferral', '18:00')).toEqual(['ombudsman: unit_focal_point', 'amina', '-ingrid']);
  });

  it('is no unit any more from the withdrawal on, before its referral was suspended', () => {
    const withdrawn = told(`consent-${clientId}`, 'ConsentWithdrawn', day('14:00'), {
      consentId,
      withdrawnAt: day('14:00'),
    });
    expect(could('OpenPackage', '13:59', [...story.events, withdrawn])).toEqual([
      'ombudsman: unit_focal_point',
      '-ingrid',
    ]);
    expect(could('OpenPackage', '14:00', [...story.events, withdrawn])).toEqual(['no_consent_in_force']);
    const override = told(`consent-${clientId}`, 'OverrideRequested', day('14:10'), {
      ...{ recipient: 'ombudsman', purpose: 'referral', categories: ['contact', 'risk'], requestedBy: 'amina' },
      ...{ legalBasis: 'legal_obligation', validUntil: day('15:00') },
    });
    const approved = told(`consent-${clientId}`, 'OverrideApproved', day('14:20'), {
      ...{ overrideId: override.id, approvedBy: 'ingrid' },
    });
    const overridden = [...story.events, withdrawn, override, approved];
    expect(could('OpenPackage', '14:10', overridden)).toEqual(['no_consent_in_force']);
    expect(could('OpenPackage', '14:20', overridden)).toEqual(['ombudsman: unit_focal_point', '-ingrid']);
    expect(could('OpenPackage', '15:00', overridden)).toEqual(['no_consent_in_force']);
  });

  it('is whoever works on another case of the client too, by whichever id, from the moment they were linked', () => {
    const earlier = '00000000-0000-8000-8000-000000000007';
    const other = [
      told('case-other', 'CaseOpened', day('08:30'), { clientId: earlier, officerId: 'noor', team: ['noor'] }),
      told(`consent-${clientId}`, 'ClientsLinked', day('15:00'), { linkedClientId: earlier }),
    ];
    expect(could('ListConsents', '14:59', [...story.events, ...other])).toEqual(['amina']);
    expect(could('ListConsents', '15:00', [...story.events, ...other])).toEqual(['amina', 'noor']);
    expect(could('ReadCase', '15:00', [...story.events, ...other])).not.toContain('noor');
  });

  it('says how many are shut out, and that nobody can tell who, of whatever follows of it as well', () => {
    const sealed = { $sealed: { subject: 'x', data: 'y' } };
    const events = story.events.map((event) => {
      const more =
        event.type === 'CaseOpened'
          ? { shutOut: ['a'.repeat(32), 'b'.repeat(32)] }
          : event.type === 'ConcernSubmitted'
            ? { exclusions: sealed }
            : {};
      return { ...event, data: { ...event.data, ...more } };
    });
    const about = (time: string) =>
      thingsThen(time, events).map(({ resource, shutOut, caveats }) => ({
        ...{ kind: resource.type, shutOut },
        sealed: caveats.includes('shut_out_sealed'),
      }));
    expect(about('08:00')).toMatchObject([
      { kind: 'Concern', sealed: true },
      { kind: 'Client', sealed: false },
    ]);
    expect(about('09:00')).toMatchObject([
      { kind: 'Concern', shutOut: 2, sealed: true },
      { kind: 'Case', shutOut: 2, sealed: true },
      { kind: 'Client', sealed: true },
    ]);
  });
});
