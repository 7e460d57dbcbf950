import { text, type LoggedEvent, type Tables } from './evidence.js';
import type { Finding } from './finding.js';
import { caseViews } from './views/case-views.js';
import { consentAndReferralViews } from './views/consent-and-referral-views.js';
import { intakeViews } from './views/intake-views.js';
import { processViews } from './views/process-views.js';
import { reportingViews } from './views/reporting-views.js';
import { compareView } from './views/view.js';

const views = [...intakeViews, ...caseViews, ...consentAndReferralViews, ...processViews, ...reportingViews];

/** Every view against a fold of the log that was written from its description, and that no projection stands still. */
export function checkViews(log: readonly LoggedEvent[], tables: ReadonlyMap<string, Tables>): readonly Finding[] {
  return [...views.flatMap((view) => compareView(view, log, tables)), ...stopped(tables)];
}

const stopped = (tables: ReadonlyMap<string, Tables>): readonly Finding[] =>
  [...tables].flatMap(([service, of]) =>
    (of.get('view_generations') ?? [])
      .filter((row) => text(row, 'state') === 'live' && text(row, 'stopped_because') !== '')
      .map((row) => ({
        promise: 'views different from a fresh fold',
        what: `${service}: ${text(row, 'view')} stopped: ${text(row, 'stopped_because')}`,
      })),
  );
