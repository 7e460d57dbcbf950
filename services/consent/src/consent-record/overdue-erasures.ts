import type { Doors, Figure } from '@waymark/service-kit';

/** The alarm: erasures that were approved and to which not every context has answered in time. */
export const overdueErasures = ({ dataSource, clock }: Doors): Figure => ({
  name: 'waymark_erasures_overdue',
  help: 'Erasures to which a context has not answered in time',
  read: async () => {
    const [found] = await dataSource.query<{ overdue: number }[]>(
      `SELECT count(*)::int AS overdue FROM erasures WHERE status = 'approved' AND answers_due_at < $1`,
      [clock.now()],
    );
    return found?.overdue ?? 0;
  },
});
