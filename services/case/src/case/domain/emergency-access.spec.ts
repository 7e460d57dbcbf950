import { describe, it } from '@jest/globals';
import type { CaseCommand } from './case.commands.js';
import type { CaseEvent } from './case.events.js';
import { context, decider, opened, outsider, supervisor } from './case.fixture.js';

describe('breaking the glass', () => {
  const breakGlass: Extract<CaseCommand, { type: 'BreakGlass' }> = {
    type: 'BreakGlass',
    purpose: 'vital_interest',
    reason: 'She called and cannot be found.',
    hours: 4,
  };
  const at = (now: string) => ({ ...outsider, now });
  const granted = {
    type: 'EmergencyAccessGranted',
    data: {
      concernId: 'concern-1',
      clientId: 'client-1',
      grantId: '0',
      staffId: 'kwame',
      purpose: 'vital_interest',
      reason: 'She called and cannot be found.',
      grantedAt: context.now,
      endsAt: '2026-03-02T12:00:00.000Z',
      reviewDueAt: '2026-03-05T08:00:00.000Z',
    },
  } as const satisfies CaseEvent;
  const review: CaseCommand = {
    type: 'ReviewEmergencyAccess',
    grantId: '0',
    outcome: 'justified',
    findings: 'She was found.',
  };
  const reviewed = {
    type: 'EmergencyAccessReviewed',
    data: {
      concernId: 'concern-1',
      clientId: 'client-1',
      grantId: '0',
      outcome: 'justified',
      findings: 'She was found.',
      reviewedBy: 'ingrid',
      reviewedAt: context.now,
    },
  } as const satisfies CaseEvent;
  const markOverdue: CaseCommand = { type: 'MarkEmergencyReviewOverdue', grantId: '0' };
  const overdue: CaseEvent = {
    type: 'EmergencyReviewOverdue',
    data: { clientId: 'client-1', grantId: '0', dueAt: '2026-03-05T08:00:00.000Z' },
  };

  it('grants whole hours, four at most, cited by its own event', () => {
    decider.given(opened).when(breakGlass, outsider).then(granted);
    for (const hours of [0, -1, 5, 1.5, Number.NaN])
      decider
        .given(opened)
        .when({ ...breakGlass, hours }, outsider)
        .thenRejectedWith('invalid_emergency_hours');
  });

  it('is not for the team, and not done twice at once; after its hour it may be done again', () => {
    decider.given(opened).when(breakGlass).thenRejectedWith('access_not_needed');
    decider.given(opened, granted).when(breakGlass, outsider).thenRejectedWith('emergency_access_in_force');
    decider
      .given(opened, granted)
      .when(breakGlass, at('2026-03-02T11:59:59.999Z'))
      .thenRejectedWith('emergency_access_in_force');
    decider.given(opened, granted).when(breakGlass, at('2026-03-02T12:00:00.000Z')).thenTypes('EmergencyAccessGranted');
    decider
      .given(opened, granted)
      .when(breakGlass, { actor: { kind: 'staff', id: 'lucia', roles: ['officer'] } })
      .thenTypes('EmergencyAccessGranted');
  });

  it('is for a clinician on the team too, who may not read the concern otherwise', () => {
    const amina = (...roles: string[]) => ({ actor: { kind: 'staff' as const, id: 'amina', roles } });
    decider.given(opened).when(breakGlass, amina('clinician')).thenTypes('EmergencyAccessGranted');
    decider.given(opened).when(breakGlass, amina('clinician', 'officer')).thenRejectedWith('access_not_needed');
  });

  it('is reviewed once, by somebody else, which ends it', () => {
    decider.given(opened, granted).when(review, supervisor).then(reviewed);
    decider.given(opened, granted).when(review, outsider).thenRejectedWith('own_emergency_access');
    decider.given(opened, granted, reviewed).when(review, supervisor).thenRejectedWith('emergency_access_reviewed');
    decider.given(opened).when(review, supervisor).thenRejectedWith('emergency_access_not_found');
    decider.given(opened, granted, reviewed).when(breakGlass, outsider).thenTypes('EmergencyAccessGranted');
  });

  it('is not done again by who was found to have had no reason, but by others', () => {
    const unjustified = { ...reviewed, data: { ...reviewed.data, outcome: 'not_justified' } } as const;
    decider
      .given(opened, granted, unjustified)
      .when(breakGlass, outsider)
      .thenRejectedWith('emergency_access_not_justified');
    decider
      .given(opened, granted, unjustified)
      .when(breakGlass, { actor: { kind: 'staff', id: 'lucia', roles: ['officer'] } })
      .thenTypes('EmergencyAccessGranted');
  });

  it('is overdue once when nobody has reviewed it in time, and can be reviewed all the same', () => {
    const due = { now: '2026-03-05T08:00:00.000Z' };
    decider.given(opened, granted).when(markOverdue).thenRejectedWith('clock_not_due');
    decider.given(opened, granted).when(markOverdue, due).then(overdue);
    decider.given(opened, granted, overdue).when(markOverdue, due).then();
    decider.given(opened, granted, reviewed).when(markOverdue, due).then();
    decider.given(opened, granted, overdue).when(review, supervisor).then(reviewed);
  });
});
