import pg from 'pg';
import type { Stage } from '@waymark/stage';

/** Does something while these services can append nothing to their access logs. */
export async function whileNothingIsRecorded(
  stage: Stage,
  services: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const admin = new pg.Client({ connectionString: stage.eventStoreAdminUrl });
  await admin.connect();
  const grant = (may: boolean) =>
    admin.query(
      `UPDATE waymark.category_grants SET may_append = $1
       WHERE category = ANY($2) AND role_name LIKE '%' || split_part(category, '_', 1)`,
      [may, services.map((service) => `${service}_access`)],
    );
  try {
    await grant(false);
    try {
      await work();
    } finally {
      await grant(true);
    }
  } finally {
    await admin.end();
  }
}
