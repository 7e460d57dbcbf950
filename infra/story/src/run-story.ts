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

const steps: readonly Step[] = [
  raiseConcern,
  comeBack,
  answerInTime,
  acceptConcern,
  buildTeam,
  referWithoutConsent,
  referByConsent,
  unitReceives,
  clientWithdraws,
  readTables,
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
  /** `false` leaves out the tables over thousands of real contacts, which take a minute and more to be registered. */
  readonly withTables?: boolean;
  readonly onStep?: (result: StepResult) => void;
}

/** Plays the story against a running platform; ends at the first wrong answer. */
export async function runStory({
  baseUrl,
  signIn = {},
  withTables = true,
  onStep,
}: StoryOptions): Promise<readonly StepResult[]> {
  const world = newWorld(new Http(baseUrl, signIn));
  const results: StepResult[] = [];
  for (const [index, { title, play }] of steps.filter((step) => withTables || step !== readTables).entries()) {
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
