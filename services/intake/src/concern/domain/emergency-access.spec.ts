import { describe, expect, it } from '@jest/globals';
import { specify } from '@waymark/event-sourcing';
import type { ConcernCommand } from './concern.commands.js';
import { concernDecider } from './concern.decider.js';
import type { ConcernEvent, EmergencyGrant } from './concern.events.js';
import { accepted, context, guided, responded, submitted, taken, triaged } from './concern.fixture.js';
import { evolve, noConcern } from './concern.state.js';
import { emergencyAccessesInForce } from './emergency-access.js';

const decider = specify(concernDecider, context);
const accept = [submitted(), taken, responded, triaged, guided, accepted];
const endsAt = '2026-03-02T12:00:00.000Z';
const grant = (changed: Partial<EmergencyGrant> = {}): EmergencyGrant => ({
  ...{ grantId: 'grant-1', caseId: 'case-1', staffId: 'kwame', purpose: 'vital_interest', endsAt },
  ...changed,
});
const record = (of: EmergencyGrant = grant()): ConcernCommand => ({ type: 'RecordEmergencyAccess', grant: of });
const end = (grantId = 'grant-1'): ConcernCommand => ({ type: 'EndEmergencyAccess', grantId, endedAt: context.now });
const granted = (of: EmergencyGrant = grant()): ConcernEvent => ({ type: 'EmergencyAccessToConcernGranted', data: of });
const ended: ConcernEvent = {
  type: 'EmergencyAccessToConcernEnded',
  data: { grantId: 'grant-1', endedAt: context.now },
};
const inForceAt = (now: string, ...events: readonly ConcernEvent[]): readonly string[] => {
  const state = [...accept, ...events].reduce(evolve, noConcern);
  if (state.status === 'none') throw new Error('no concern');
  return emergencyAccessesInForce(state, now).map(({ staffId }) => staffId);
};

describe('an emergency access to the case of a concern', () => {
  it('is recorded once, and ended once, however often it is told', () => {
    const given = decider.given(...accept);
    given.when(record()).then(granted());
    const after = decider.given(...accept, granted());
    after.when(record()).then();
    after.when(end()).then(ended);
    decider
      .given(...accept, granted(), ended)
      .when(end())
      .then();
  });

  it('is not ended that was never told of, nor one for another', () => {
    decider
      .given(...accept)
      .when(end())
      .then();
    decider
      .given(...accept, granted())
      .when(end('grant-2'))
      .then();
  });

  it('is in force until its hour, and not at it', () => {
    expect(inForceAt('2026-03-02T11:59:59.999Z', granted())).toEqual(['kwame']);
    expect(inForceAt(endsAt, granted())).toEqual([]);
  });

  it('is over before its hour once it was reviewed, and leaves those of others', () => {
    const another = granted(grant({ grantId: 'grant-2', staffId: 'lucia' }));
    expect(inForceAt('2026-03-02T09:00:00.000Z', granted(), another, ended)).toEqual(['lucia']);
  });
});
