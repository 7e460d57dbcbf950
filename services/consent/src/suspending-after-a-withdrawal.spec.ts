import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { referralMessages, topicOf } from '@waymark/contracts';
import type { RecordedEvent } from '@waymark/event-store';
import type { Bus, Message } from '@waymark/messaging';
import { processIdOf, type RunningService, startService } from '@waymark/service-kit';
import { eventually, freePort } from '@waymark/testing';
import { type ConsentStage, opening, startConsentStage, toOmbudsman } from './consent.fixture.js';
import { consentWithdrawal } from './consent-record/processes/consent-withdrawal.process.js';
import { consent } from './consent.service.js';

jest.setTimeout(180_000);

describe('a withdrawal, with two instances of the service', () => {
  let stage: ConsentStage;
  let second: RunningService;
  let referralBus: Bus;
  beforeAll(async () => {
    stage = await startConsentStage({ logLevel: 'silent' });
    const environment = { ...stage.environmentOf('consent'), PORT: String(await freePort()) };
    second = await startService(consent, { environment, clock: stage.clock });
    referralBus = stage.busOf('referral');
  });
  afterAll(async () => {
    await second?.stop();
    await stage?.close();
  });

  /** A client who has consented, and the referrals that were authorised to go out under it. */
  const referred = async (...referralIds: readonly string[]) => {
    const clientId = randomUUID();
    await stage.team(clientId, ['amina.officer']);
    const consents = `/v1/clients/${clientId}/consents`;
    const { consentId } = (await stage.post(consents, { as: 'amina.officer', body: toOmbudsman(stage) })).body;
    for (const reference of referralIds)
      for (const act of ['send', 'open']) {
        const body = opening(stage, { reference, act });
        const path = `/v1/clients/${clientId}/disclosures`;
        expect(await stage.post(path, { as: 'service:referral', body })).toMatchObject({ status: 201 });
      }
    return { clientId, consentId };
  };
  const withdraw = async ({ clientId, consentId }: { clientId: string; consentId: string }) => {
    const path = `/v1/clients/${clientId}/consents/${consentId}/withdrawal`;
    expect(await stage.post(path, { as: 'amina.officer', body: { way: 'oral' } })).toMatchObject({ status: 200 });
  };
  const processOf = async (consentId: string): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    const stream = `consent_process-${processIdOf(consentWithdrawal, consentId)}`;
    for await (const event of stage.log.readStream(stream)) events.push(event);
    return events;
  };
  const until = (consentId: string, ...expected: readonly string[]) =>
    eventually(
      async () => {
        const types = (await processOf(consentId)).map(({ type }) => type.replace('Process', ''));
        expect(types).toEqual(expected);
      },
      { timeoutMs: 40_000 },
    );
  const requested = async (clientId: string) =>
    (await stage.eventsOf(clientId)).flatMap(({ type, data }) =>
      type === 'SuspensionsRequested' && 'referralIds' in data ? [data.referralIds] : [],
    );
  const applied = (
    { clientId, consentId }: { clientId: string; consentId: string },
    referralId: string,
    sequence = 1,
  ): Message => ({
    ...{ specversion: '1.0', id: randomUUID(), source: '/waymark/referral', subject: referralId, sequence },
    ...{ type: referralMessages.withdrawalApplied.type, time: stage.clock.now(), datacontenttype: 'application/json' },
    ...{ correlationid: randomUUID(), causationid: randomUUID() },
    data: { referralId, clientId, consentId, outcome: 'suspended', appliedAt: stage.clock.now() },
  });
  const tell = (...messages: readonly Message[]) => referralBus.publish(topicOf('referral'), messages);

  it('waits for every referral that may have gone out under it, and ends when all have answered', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const client = await referred(one, other);
    await withdraw(client);
    expect(await requested(client.clientId)).toEqual([[one, other]]);
    await until(client.consentId, 'Started', 'StepTaken');
    const answer = applied(client, one);
    await tell(answer, answer, applied(client, one, 2), applied(client, other));
    await until(client.consentId, ...['Started', 'StepTaken', 'StepAnswered', 'StepAnswered', 'StepDone', 'Completed']);
    expect(await requested(client.clientId)).toHaveLength(1);
  });

  it('under which nothing went out has nothing to wait for', async () => {
    const client = await referred();
    await withdraw(client);
    await until(client.consentId, 'Started', 'StepTaken', 'StepDone', 'Completed');
    expect(await requested(client.clientId)).toEqual([]);
  });

  it('that was answered for before its process began counts what has come', async () => {
    const referralId = randomUUID();
    const client = await referred(referralId);
    await withdraw(client);
    await tell(applied(client, referralId));
    await eventually(async () => expect((await processOf(client.consentId)).at(-1)?.type).toBe('ProcessCompleted'));
    const types = (await processOf(client.consentId)).map(({ type }) => type).toSorted();
    expect(types).toEqual([
      ...['ProcessCompleted', 'ProcessStarted', 'ProcessStepAnswered', 'ProcessStepDone', 'ProcessStepTaken'],
    ]);
  });

  it('is no matter of its own when the client is erased: what went out is suspended all the same', async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const client = await referred(one, other);
    const of = (path: string) => `/v1/clients/${client.clientId}/${path}`;
    expect(await stage.post(of('erasure-requests'), { as: 'amina.officer', body: { way: 'oral' } })).toMatchObject({
      status: 201,
    });
    expect(await requested(client.clientId)).toEqual([]);
    expect(await stage.post(of('erasure-approval'), { as: 'ingrid.supervisor' })).toMatchObject({ status: 200 });
    expect(await requested(client.clientId)).toEqual([[one, other]]);
    const token = await stage.receipt(client.clientId, 'client');
    for (const { body } of [
      await stage.get(of('consents'), { as: 'amina.officer' }),
      await stage.get('/v1/my-consents', { token }),
    ])
      expect(body.items).toMatchObject([{ consentId: client.consentId, status: 'erased' }]);
    await tell(applied(client, one), applied(client, other));
    await eventually(async () => expect((await processOf(client.consentId)).at(-1)?.type).toBe('ProcessCompleted'));
  });

  it('shows what is missing, is an alarm after five minutes, and asks for the missing ones only', async () => {
    const [heard, missing] = [randomUUID(), randomUUID()];
    const client = await referred(heard, missing);
    await withdraw(client);
    await until(client.consentId, 'Started', 'StepTaken');
    await tell(applied(client, heard));
    await until(client.consentId, 'Started', 'StepTaken', 'StepAnswered');
    const shown = async () => {
      const [row] = await stage.query<{ steps: { awaits: string[]; answers: { awaited: string }[] }[] }>(
        'consent',
        'SELECT steps FROM processes WHERE about = $1',
        [client.consentId],
      );
      return row?.steps[0];
    };
    await eventually(async () => expect((await shown())?.answers).toMatchObject([{ awaited: heard }]));
    expect((await shown())?.awaits).toEqual([heard, missing]);
    expect(JSON.stringify(await shown())).not.toContain(client.clientId);

    stage.clock.advance({ minutes: 6 });
    await until(client.consentId, 'Started', 'StepTaken', 'StepAnswered', 'StepOverdue', 'StepTaken');
    expect((await processOf(client.consentId))[3]).toMatchObject({ data: { missing: [missing] } });
    expect(await requested(client.clientId)).toEqual([[heard, missing], [missing]]);
    const metrics = async () => (await stage.ask('consent', 'GET', '/metrics')).body;
    const gauge = (count: number) =>
      new RegExp(`waymark_processes_overdue\\{process="consent-withdrawal",step="suspend_referrals",.*\\} ${count}\\n`);
    expect(await metrics()).toMatch(gauge(1));
    expect(await stage.ask('consent', 'GET', '/health/ready')).toMatchObject({ status: 200 });

    await tell(applied(client, missing));
    await until(
      client.consentId,
      ...['Started', 'StepTaken', 'StepAnswered', 'StepOverdue', 'StepTaken', 'StepAnswered', 'StepDone', 'Completed'],
    );
    await eventually(async () => expect(await metrics()).toMatch(gauge(0)));
  });
});
