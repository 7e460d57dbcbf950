import { type DataSource, IsNull } from 'typeorm';
import type { Figure } from '@waymark/service-kit';
import { EmergencyAccessEntry } from './projections/emergency-accesses/emergency-access-entry.entity.js';

/** For whoever is on call: glass was broken, and nobody has looked at it; or not in time. */
export const openEmergencyAccesses = (dataSource: DataSource): readonly Figure[] => {
  const count = (where: { readonly overdue?: true }) => () =>
    dataSource.getRepository(EmergencyAccessEntry).countBy({ outcome: IsNull(), ...where });
  return [
    {
      name: 'waymark_emergency_accesses_open',
      help: 'Emergency accesses that nobody has reviewed yet',
      read: count({}),
    },
    {
      name: 'waymark_emergency_reviews_overdue',
      help: 'Emergency accesses that nobody has reviewed in time',
      read: count({ overdue: true }),
    },
  ];
};
