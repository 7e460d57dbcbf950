import { Http, type SignIn } from './http.js';
import { acceptConcern } from './steps/accept-concern.js';
import { answerInTime } from './steps/answer-in-time.js';
import { auditReplays } from './steps/audit-replays.js';
import { buildTeam } from './steps/build-team.js';
import { clientWithdraws } from './steps/client-withdraws.js';
import { comeBack } from './steps/come-back.js';
import { raiseConcern } from './steps/raise-concern.js';
import { readTables } from './steps/read-tables.js';
import { referByConsent } from './steps/refer-by-consent.js';
import { referWithoutConsent } from './steps/refer-without-consent.js';
import { unitReceives } from './steps/unit-receives.js';
import { newWorld, type Step } from './world.js';

export type Tables = 'all' | 'every fourth' | 'none';

const stepsWith = (tables: Tables): readonly Step[] => [
  raiseConcern,
  comeBack,
  answerInTime,
  acceptConcern,
  buildTeam,
  referWithoutConsent,
  referByConsent,
  unitReceives,
  clientWithdraws,
  ...(tables === 'none' ? [] : [readTables(tables === 'all' ? 1 : 4)]),
  auditReplays,
];

export interface StepResult {
  readonly number: number;
  readonly title: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly milliseconds: number;
}

export interface StoryOptions {
  /** Address of the platform's page; the services listen on the ports behind it. */
  readonly baseUrl: string;
  readonly signIn?: SignIn;
  /**
   * Over how many of the real contacts the tables are: all 6,596 unless given, which take a minute and more to be registered; every
   * fourth of them; or none, which leaves the tables out.
   */
  readonly tables?: Tables;
  readonly onStep?: (result: StepResult) => void;
}

/** Plays the story against a running platform; ends at the first wrong answer. */
export async function runStory({
  baseUrl,
  signIn = {},
  tables = 'all',
  onStep,
}: StoryOptions): Promise<readonly StepResult[]> {
  const world = newWorld(new Http(baseUrl, signIn));
  const results: StepResult[] = [];
  for (const [index, { title, play }] of stepsWith(tables).entries()) {
    const started = performance.now();
    const outcome = await play(world).then(
      (detail) => ({ ok: true, detail }),
      (error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }),
    );
    const result = { number: index + 1, title, ...outcome, milliseconds: Math.round(performance.now() - started) };
    results.push(result);
    onStep?.(result);
    if (!outcome.ok) break;
  }
  return results;
}
