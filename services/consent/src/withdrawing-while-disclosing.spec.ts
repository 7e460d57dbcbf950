import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@waymark/event-store';
import { type ConsentStage, opening, startConsentStage, toOmbudsman } from './consent.fixture.js';

const rounds = 60;
/** So many at once. */
const lanes = 4;

interface Attempt {
  /** Status, and the code of a refusal. */
  readonly outcome: string;
  readonly disclosureId?: string;
  /** It began after the withdrawal had been acknowledged. */
  readonly late: boolean;
}

describe('withdrawing while others disclose, with three processes of the service', () => {
  let stage: ConsentStage;
  let instances: readonly string[];
  const clients = Array.from({ length: rounds }, () => randomUUID());
  beforeAll(async () => {
    stage = await startConsentStage();
    const others = [stage.startProcess('consent'), stage.startProcess('consent')];
    instances = [stage.running('consent').url, ...(await Promise.all(others))];
    await Promise.all(clients.map((clientId) => stage.team(clientId, ['amina.officer'])));
  });
  afterAll(() => stage?.close());

  async function post(url: string, token: string, body: object) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      },
      body: JSON.stringify(body),
    });
    const answer = (await response.json()) as { disclosureId?: string; consentId?: string; code?: string };
    return { ...answer, status: response.status };
  }

  /** Openings one after the other until one began after the withdrawal was acknowledged. */
  async function keepOpening(
    url: string,
    acknowledged: () => boolean,
    onAnswer: () => void,
  ): Promise<readonly Attempt[]> {
    const token = await stage.token('service:referral');
    const attempts: Attempt[] = [];
    for (let late = false; !late;) {
      late = acknowledged();
      const { status, code = '', disclosureId } = await post(url, token, opening(stage));
      const outcome = `${status} ${code}`.trim();
      attempts.push({ outcome, late, ...(disclosureId === undefined ? {} : { disclosureId }) });
      onAnswer();
    }
    return attempts;
  }

  /** An opener at each instance; the client withdraws at one of them once some openings have been answered. */
  async function play(round: number) {
    const clientId = clients[round] ?? '';
    const given = await stage.post(`/v1/clients/${clientId}/consents`, {
      as: 'amina.officer',
      body: toOmbudsman(stage),
    });
    const receipt = await stage.receipt(clientId, 'client');
    let acknowledged = false;
    let answered = 0;
    let withdrawal: ReturnType<typeof post> | undefined;
    const withdrawAfter = (count: number): void => {
      if (withdrawal !== undefined || answered < count) return;
      const url = `${instances[round % instances.length]}/v1/my-consents/${given.body.consentId}/withdrawal`;
      withdrawal = post(url, receipt, {}).finally(() => (acknowledged = true));
    };
    withdrawAfter(round % 13);
    const attempts = await Promise.all(
      instances.map((url) =>
        keepOpening(
          `${url}/v1/clients/${clientId}/disclosures`,
          () => acknowledged,
          () => {
            answered += 1;
            withdrawAfter(round % 13);
          },
        ),
      ),
    );
    return { clientId, withdrawn: (await withdrawal)?.status, attempts: attempts.flat() };
  }

  /** Answers how many openings there were, and how many of them were allowed. */
  async function judge(round: number): Promise<readonly [number, number]> {
    const { clientId, withdrawn, attempts } = await play(round);
    expect(withdrawn).toBe(200);
    expect(attempts.filter(({ outcome }) => !['201', '409 consent_missing'].includes(outcome))).toEqual([]);
    const late = attempts.filter((attempt) => attempt.late).map(({ outcome }) => outcome);
    expect(late).toEqual(Array(3).fill('409 consent_missing'));
    const log = await stage.eventsOf(clientId);
    expect(disclosedAfterWithdrawal(log)).toEqual([]);
    const answered = attempts.flatMap(({ disclosureId }) => disclosureId ?? []);
    const recorded = log.filter(({ type }) => type === 'DisclosureRecorded').map(({ id }) => id);
    expect([...answered].sort()).toEqual([...recorded].sort());
    expect(log.filter(({ type }) => type === 'DisclosureRefused')).toHaveLength(attempts.length - answered.length);
    return [attempts.length, answered.length];
  }

  it('lets no opening succeed that began after the acknowledgement, and the log alone proves it', async () => {
    const every = Array.from({ length: lanes }, async (_lane, lane) => {
      const judged: (readonly [number, number])[] = [];
      for (let round = lane; round < rounds; round += lanes) judged.push(await judge(round));
      return judged;
    });
    const judged = (await Promise.all(every)).flat();
    const sum = (which: 0 | 1) => judged.reduce((total, counts) => total + counts[which], 0);
    expect(judged).toHaveLength(rounds);
    // Hundreds, of which many before and many after.
    expect(sum(0)).toBeGreaterThan(400);
    expect(sum(1)).toBeGreaterThan(rounds);
  }, 300_000);

  it('lets a withdrawal through a crowd of openings', async () => {
    const clientId = randomUUID();
    await stage.team(clientId, ['amina.officer']);
    const path = `/v1/clients/${clientId}/consents`;
    const given = await stage.post(path, { as: 'amina.officer', body: toOmbudsman(stage) });
    const open = () =>
      stage.post(`/v1/clients/${clientId}/disclosures`, { as: 'service:referral', body: opening(stage) });
    const crowd = Array.from({ length: 30 }, open);
    const withdrawn = await stage.post(`${path}/${given.body.consentId}/withdrawal`, {
      as: 'amina.officer',
      body: { way: 'oral' },
    });
    expect(withdrawn).toMatchObject({ status: 200 });
    const outcomes = (await Promise.all(crowd)).map(({ status, body }) => `${status} ${body.code ?? ''}`.trim());
    expect(outcomes.filter((outcome) => outcome !== '201' && outcome !== '409 consent_missing')).toEqual([]);
    expect(await open()).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
    expect(disclosedAfterWithdrawal(await stage.eventsOf(clientId))).toEqual([]);
  });
});

/** Disclosures that stand in the log behind the withdrawal of the consent they cite. */
function disclosedAfterWithdrawal(log: readonly RecordedEvent[]): readonly RecordedEvent[] {
  const consentIdOf = ({ data }: RecordedEvent) => ('consentId' in data ? data.consentId : undefined);
  const withdrawn = new Set<unknown>();
  return log.filter((event) => {
    if (event.type === 'ConsentWithdrawn') withdrawn.add(consentIdOf(event));
    return event.type === 'DisclosureRecorded' && withdrawn.has(consentIdOf(event));
  });
}
