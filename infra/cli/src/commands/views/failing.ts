import type { Projection } from '@waymark/projections';
import type { OpenedViews } from '@waymark/service-kit';

/** What cannot go on in a service at the moment: a view, a clock, or a row of the due work that a view holds. */
export interface Failing {
  readonly service: string;
  /** `view`, `clock`, or the table of the due work. */
  readonly kind: string;
  readonly what: string;
  /** Class and code of the last failure. */
  readonly error: string;
  /** Of the event, or of where the view is. */
  readonly position: string | null;
  readonly tries: number;
  readonly failedAt: string;
}

interface Row extends Omit<Failing, 'service' | 'failedAt'> {
  readonly failed_at: Date;
}

/** Of the whole service, or of one of its views alone. */
export async function failingIn(
  service: string,
  { dataSource }: OpenedViews,
  view?: Projection,
): Promise<readonly Failing[]> {
  const { liveSchemaOf } = await import('@waymark/projections');
  const schema = view && liveSchemaOf({ view: view.name, version: view.version });
  const rows = await dataSource.query<Row[]>(
    `SELECT kind, what, error, position, tries, failed_at FROM failed_work
     WHERE $1::text IS NULL OR kind = 'view' AND what = $1
       OR kind IN (SELECT tablename FROM pg_tables WHERE schemaname = $2)
     ORDER BY kind, what`,
    [view?.name ?? null, schema ?? null],
  );
  return rows.map(({ failed_at: failedAt, ...row }) => ({ service, ...row, failedAt: failedAt.toISOString() }));
}

export const failingText = (failing: readonly Failing[]): string =>
  failing
    .map(({ service, kind, what, error, position, tries, failedAt }) => {
      const where = position === null ? '' : ` at position ${position}`;
      return `${service}: ${kind} ${what} cannot go on${where}: ${error}; ${tries} tries, the last at ${failedAt}\n`;
    })
    .join('');
