import type { NameOf } from '@waymark/projections';
import { accessesProjection } from './accesses/accesses.projection.js';
import { teamPeriodsProjection } from './accesses/team-periods.projection.js';
import { clientIndexProjection } from './client-index/client-index.projection.js';
import { readingAlarmsProjection } from './reading-alarm/projections/reading-alarms/reading-alarms.projection.js';
import { shutOutsProjection } from './shut-outs/shut-outs.projection.js';

/** The read models of the service. */
export const auditViews = [
  clientIndexProjection,
  shutOutsProjection,
  accessesProjection,
  teamPeriodsProjection,
  readingAlarmsProjection,
] as const;

/** By which queries wait for those that they read. */
export type AuditView = NameOf<typeof auditViews>;
