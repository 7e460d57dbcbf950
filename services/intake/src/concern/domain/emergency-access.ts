import { type Instant, isBefore } from '@waymark/event-sourcing';
import type { CommandOf } from './concern.commands.js';
import type { ConcernEvent } from './concern.events.js';
import type { Concern, EmergencyAccess } from './concern.state.js';

/** Those by which somebody reads the concern at this moment though it is not theirs. A review ends one before its hour. */
export const emergencyAccessesInForce = ({ emergencyAccesses }: Concern, now: Instant): readonly EmergencyAccess[] =>
  emergencyAccesses.filter(({ endsAt, ended }) => !ended && isBefore(now, endsAt));

/** Each once, however often it is told. */
export const recordEmergencyAccess = (
  { grant }: CommandOf<'RecordEmergencyAccess'>,
  { emergencyAccesses }: Concern,
): readonly ConcernEvent[] =>
  emergencyAccesses.some(({ grantId }) => grantId === grant.grantId)
    ? []
    : [{ type: 'EmergencyAccessToConcernGranted', data: grant }];

/** Once; nothing for one that the concern was never told of. */
export const endEmergencyAccess = (
  { grantId, endedAt }: CommandOf<'EndEmergencyAccess'>,
  { emergencyAccesses }: Concern,
): readonly ConcernEvent[] =>
  emergencyAccesses.some((access) => access.grantId === grantId && !access.ended)
    ? [{ type: 'EmergencyAccessToConcernEnded', data: { grantId, endedAt } }]
    : [];
