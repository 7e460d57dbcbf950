import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '@waymark/event-store';
import { type RunningService, startService } from '@waymark/service-kit';
import { freePort } from '@waymark/testing';
import { consent } from './consent.service.js';
import { type ConsentStage, opening, startConsentStage, toOmbudsman } from './consent.fixture.js';

const rounds = 40;

interface Attempt {
  readonly status: number;
  readonly disclosureId?: string;
  /** It began after the withdrawal had been acknowledged. */
  readonly late: boolean;
}

describe('withdrawing while others disclose, with two instances of the service', () => {
  let stage: ConsentStage;
  let second: RunningService;
  const clients = Array.from({ length: rounds }, () => randomUUID());
  beforeAll(async () => {
    stage = await startConsentStage();
    const environment = { ...stage.environmentOf('consent'), PORT: String(await freePort()) };
    second = await startService(consent, { environment, clock: stage.clock });
    await Promise.all(clients.map((clientId) => stage.team(clientId, ['amina.officer'])));
  });
  afterAll(async () => {
    await second?.stop();
    await stage?.close();
  });

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
      const { status, disclosureId } = await post(url, token, opening(stage));
      attempts.push({ status, late, ...(disclosureId === undefined ? {} : { disclosureId }) });
      onAnswer();
    }
    return attempts;
  }

  /** Three openers against both instances; the client withdraws at one of them once some openings have been answered. */
  async function play(round: number) {
    const clientId = clients[round] ?? '';
    const given = await stage.post(`/v1/clients/${clientId}/consents`, {
      as: 'amina.officer',
      body: toOmbudsman(stage),
    });
    const instances = [stage.running('consent').url, second.url];
    const receipt = await stage.receipt(clientId, 'client');
    let acknowledged = false;
    let answered = 0;
    let withdrawal: ReturnType<typeof post> | undefined;
    const withdrawAfter = (count: number): void => {
      if (withdrawal !== undefined || answered < count) return;
      const url = `${instances[round % 2]}/v1/my-consents/${given.body.consentId}/withdrawal`;
      withdrawal = post(url, receipt, {}).finally(() => (acknowledged = true));
    };
    withdrawAfter(round % 5);
    const attempts = await Promise.all(
      [0, 1, 1].map((instance) =>
        keepOpening(
          `${instances[instance]}/v1/clients/${clientId}/disclosures`,
          () => acknowledged,
          () => {
            answered += 1;
            withdrawAfter(round % 5);
          },
        ),
      ),
    );
    return { clientId, withdrawn: (await withdrawal)?.status, attempts: attempts.flat() };
  }

  it('lets no opening succeed that began after the acknowledgement, and the log alone proves it', async () => {
    let allowed = 0;
    for (let round = 0; round < rounds; round += 1) {
      const { clientId, withdrawn, attempts } = await play(round);
      expect(withdrawn).toBe(200);
      const late = attempts.filter((attempt) => attempt.late).map(({ status }) => status);
      expect(late).toEqual([409, 409, 409]);
      const log = await stage.eventsOf(clientId);
      expect(disclosedAfterWithdrawal(log)).toEqual([]);
      const answered = attempts.flatMap(({ disclosureId }) => disclosureId ?? []);
      const recorded = log.filter(({ type }) => type === 'DisclosureRecorded').map(({ id }) => id);
      expect([...answered].sort()).toEqual([...recorded].sort());
      expect(log.filter(({ type }) => type === 'DisclosureRefused')).toHaveLength(attempts.length - answered.length);
      allowed += answered.length;
    }
    expect(allowed).toBeGreaterThan(rounds);
  });

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
