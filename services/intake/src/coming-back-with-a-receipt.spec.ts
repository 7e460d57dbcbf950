import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { caseMessages, topicOf } from '@waymark/contracts';
import type { Message } from '@waymark/messaging';
import { Aggregates, clockCall } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { concernAggregate } from './concern/concern.aggregate.js';
import { contact } from './concern/domain/concern.fixture.js';
import { callAt, deskOf, eventsOf, typesOf, withoutInstance } from './intake.fixture.js';
import { intake } from './intake.service.js';

describe('coming back with a receipt', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());
  beforeEach(() => stage.clock.advance({ hours: 1 }));

  const show = (receipt: string) => stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt } });
  const wrong = (index: number): string => String(1_000_000_000_000_000 + index);

  it('works however the digits are written', async () => {
    const { concernId, receipt } = await desk.submit();
    const inGroups = receipt.replace(/(\d{4})(?=\d)/g, '$1 ');
    const inDigitsFrom = (zero: number) =>
      [...receipt].map((digit) => String.fromCodePoint(zero + Number(digit))).join('');
    const writings = [inGroups, inGroups.replaceAll(' ', '-'), inDigitsFrom(0x660), inDigitsFrom(0x6f0)];
    for (const written of writings) expect(await desk.myConcern(written)).toMatchObject({ concernId });
  });

  it('with a wrong one gets one answer, whatever it is and whether it ever existed', async () => {
    const { receipt } = await desk.submit();
    const near = receipt.slice(0, -1) + ((Number(receipt.at(-1)) + 1) % 10);
    const answers = [await show(near), await show(wrong(1)), await show('0000000000000000')].map(withoutInstance);
    expect(answers[0]).toMatchObject({ status: 401, body: { code: 'receipt_unknown' } });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('is not a matter of guessing: after ten wrong ones the address waits, and the right one with it', async () => {
    const { receipt } = await desk.submit();
    for (let guess = 0; guess < 10; guess += 1) expect(await show(wrong(guess))).toMatchObject({ status: 401 });
    const refused = await show(receipt);
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } });
    const wait = Number(refused.headers.get('retry-after'));
    expect(wait).toBeGreaterThan(0);
    stage.clock.advance({ seconds: wait });
    expect(await show(receipt)).toMatchObject({ status: 200 });
    expect(await show(wrong(11))).toMatchObject({ status: 401 });
    expect(await show(wrong(12))).toMatchObject({ status: 429 });
  });

  it('is not held up by having come back often', async () => {
    const { receipt } = await desk.submit();
    for (let time = 0; time < 15; time += 1) expect(await show(receipt)).toMatchObject({ status: 200 });
  });

  it('ends when whoever came says so, within seconds and for this session only', async () => {
    const { receipt } = await desk.submit();
    const [session, other] = [await desk.session(receipt), await desk.session(receipt)];
    const mine = ({ token }: { token: string }) => stage.ask('intake', 'GET', '/v1/my-concern', { token });
    const end = () => stage.ask('intake', 'POST', '/v1/receipt-sessions/ending', { token: session.token });
    expect(await end()).toMatchObject({ status: 204 });
    await eventually(async () => expect(await mine(session)).toMatchObject({ status: 401 }));
    expect(await mine(other)).toMatchObject({ status: 200 });
  });

  it('is over with one that the officer replaces: it opens nothing, whoever came with it is out, and the new one opens', async () => {
    const { concernId, receipt } = await desk.submit({ reporterRelation: 'witness' });
    const { token } = await desk.session(receipt);
    const replace = (as: string, scope = 'reporter') =>
      stage.ask('intake', 'POST', `/v1/concerns/${concernId}/receipt-replacements`, {
        as,
        body: { scope, reason: 'seen_by_others' },
      });
    expect((await replace('amina.officer')).status).not.toBe(201);
    await desk.step(concernId, 'allocation', 'amina.officer');
    expect(await replace('amina.officer', 'client')).toMatchObject({ status: 409, body: { code: 'receipt_missing' } });
    const replaced = await replace('amina.officer');
    expect(replaced).toMatchObject({ status: 201, body: { receipt: expect.stringMatching(/^\d{16}$/) } });
    expect(replaced.body.receipt).not.toBe(receipt);
    expect(withoutInstance(await show(receipt))).toEqual(withoutInstance(await show(wrong(3))));
    await eventually(async () =>
      expect(await stage.ask('intake', 'GET', '/v1/my-concern', { token })).toMatchObject({ status: 401 }),
    );
    expect(await desk.myConcern(replaced.body.receipt)).toMatchObject({ concernId });
    const again = await replace('amina.officer');
    expect(await show(replaced.body.receipt)).toMatchObject({ status: 401 });
    expect(await desk.myConcern(again.body.receipt)).toMatchObject({ concernId });
    expect(typesOf(await eventsOf(stage, concernId)).slice(-2)).toEqual(['ReceiptWithdrawn', 'ReceiptIssued']);
  });

  it('opens the first concern, should the same be issued for another', async () => {
    const { concernId, receipt } = await desk.submit();
    const issued = (await eventsOf(stage, concernId)).find(({ type }) => type === 'ReceiptIssued');
    const receiptHash = String((issued?.data as { readonly receiptHash?: string }).receiptHash);
    const another = randomUUID();
    const command = { type: 'SubmitConcern', concernId: another, contact, receiptHash } as const;
    const aggregates = stage.running('intake').app.get(Aggregates);
    await aggregates.change(concernAggregate, another, command, clockCall('intake', another));
    expect(typesOf(await eventsOf(stage, another))).toContain('ReceiptIssued');
    expect(await desk.myConcern(receipt)).toMatchObject({ concernId });
  });

  it('opens a session for a quarter of an hour', async () => {
    const { receipt } = await desk.submit();
    const { token } = await desk.session(receipt);
    stage.clock.advance({ minutes: 16 });
    expect(await stage.ask('intake', 'GET', '/v1/my-concern', { token })).toMatchObject({
      status: 401,
      body: { code: 'token_expired' },
    });
  });

  it('opens nothing that is for staff', async () => {
    const { concernId, receipt } = await desk.submit();
    const { token } = await desk.session(receipt);
    for (const path of ['/v1/concerns', `/v1/concerns/${concernId}`])
      expect(await stage.ask('intake', 'GET', path, { token })).toMatchObject({ status: 403 });
  });

  describe('when the case has opened', () => {
    const opened = (concernId: string, sequence = 1): Message => {
      const clientId = randomUUID();
      const caseId = randomUUID();
      return {
        specversion: '1.0',
        id: randomUUID(),
        source: '/waymark/case',
        type: caseMessages.caseOpened.type,
        subject: caseId,
        time: stage.clock.now(),
        datacontenttype: 'application/json',
        sequence,
        correlationid: randomUUID(),
        causationid: randomUUID(),
        data: { caseId, concernId, clientId, officerId: stage.idOf('amina.officer'), openedAt: stage.clock.now() },
      };
    };
    /** Publishes, and waits until intake has handled what came last. */
    const publish = async (...messages: Message[]): Promise<void> => {
      await stage.busOf('case').publish(topicOf('case'), messages);
      const last = messages.at(-1)?.id;
      await eventually(async () => {
        const rows = await stage.query('intake', 'SELECT 1 FROM inbox WHERE message_id = $1', [last]);
        expect(rows).toHaveLength(1);
      });
    };

    it('an affected reporter holds a client receipt, also when the message comes twice', async () => {
      const { concernId, receipt } = await desk.submit();
      const message = opened(concernId);
      const another = { ...opened(concernId, 2), subject: message.subject };
      await publish(message, message, another);
      await eventually(async () => expect(await desk.session(receipt)).toMatchObject({ scope: 'client' }));
      expect(typesOf(await eventsOf(stage, concernId))).toEqual([
        'ConcernSubmitted',
        'ReceiptIssued',
        'ReceiptUpgraded',
      ]);
      const { token } = await desk.session(receipt);
      expect(await stage.ask('intake', 'GET', '/v1/my-concern', { token })).toMatchObject({ body: { concernId } });
    });

    it('nobody can take that from them: the officer issues none to a client who has reported, before and after', async () => {
      const { concernId, receipt } = await desk.submit();
      await desk.accept(concernId);
      const issue = () =>
        stage.ask('intake', 'POST', `/v1/concerns/${concernId}/client-receipt`, { as: 'amina.officer' });
      expect(await issue()).toMatchObject({ status: 409, body: { code: 'client_holds_reporter_receipt' } });
      await publish(opened(concernId));
      await eventually(async () => expect(await desk.session(receipt)).toMatchObject({ scope: 'client' }));
      expect(await issue()).toMatchObject({ status: 409, body: { code: 'client_receipt_exists' } });
      const registered = await desk.register(callAt(stage.clock.now()));
      await desk.step(registered, 'allocation', 'amina.officer');
      const path = `/v1/concerns/${registered}/client-receipt`;
      expect(await stage.ask('intake', 'POST', path, { as: 'amina.officer' })).toMatchObject({ status: 201 });
    });

    it('and has it also where an officer once issued one and theirs was passed over', async () => {
      const { concernId, receipt } = await desk.submit();
      const issued = { type: 'ReceiptIssued', data: { scope: 'client', receiptHash: '5e'.repeat(32) } } as const;
      const once = { ...concernAggregate, decider: { ...concernAggregate.decider, decide: () => [issued] } };
      const aggregates = stage.running('intake').app.get(Aggregates);
      await aggregates.change(once, concernId, { type: 'RequestCase' }, clockCall('intake', randomUUID()));
      expect(await desk.session(receipt)).toMatchObject({ scope: 'reporter' });
      await desk.accept(concernId);
      expect(typesOf(await eventsOf(stage, concernId))).not.toContain('ReceiptUpgraded');
      expect(await desk.session(receipt)).toMatchObject({ scope: 'client' });
    });

    it('the one that became the client’s is replaced as such: what was seen opens nothing any more', async () => {
      const { concernId, receipt } = await desk.submit();
      await publish(opened(concernId));
      await eventually(async () => expect(await desk.session(receipt)).toMatchObject({ scope: 'client' }));
      await desk.step(concernId, 'allocation', 'amina.officer');
      const replaced = await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/receipt-replacements`, {
        ...{ as: 'amina.officer', body: { scope: 'client', reason: 'seen_by_others' } },
      });
      expect(replaced).toMatchObject({ status: 201 });
      expect(await show(receipt)).toMatchObject({ status: 401 });
      expect(await desk.session(replaced.body.receipt)).toMatchObject({ scope: 'client' });
    });

    it('a witness does not: the officer hands the client a receipt of their own, once', async () => {
      const { concernId, receipt } = await desk.submit({ reporterRelation: 'witness' });
      await publish(opened(concernId));
      await desk.step(concernId, 'allocation', 'amina.officer');
      const path = `/v1/concerns/${concernId}/client-receipt`;
      const key = randomUUID();
      const issued = await stage.ask('intake', 'POST', path, { as: 'amina.officer', key });
      expect(issued).toMatchObject({ status: 201, body: { receipt: expect.stringMatching(/^\d{16}$/) } });
      expect(issued.body.receipt).not.toBe(receipt);
      expect((await stage.ask('intake', 'POST', path, { as: 'amina.officer', key })).body).toEqual(issued.body);
      expect(await stage.ask('intake', 'POST', path, { as: 'amina.officer' })).toMatchObject({
        status: 409,
        body: { code: 'client_receipt_exists' },
      });
      expect(await desk.session(issued.body.receipt)).toMatchObject({ scope: 'client' });
      expect(await desk.session(receipt)).toMatchObject({ scope: 'reporter' });
      await desk.step(concernId, 'allocation', 'ingrid.supervisor', {
        ...{ officerId: stage.idOf('kwame.officer'), from: stage.idOf('amina.officer') },
      });
      const lost = await stage.ask('intake', 'POST', path, { as: 'amina.officer', key });
      expect(lost.status).toBeGreaterThanOrEqual(400);
      expect(JSON.stringify(lost.body)).not.toContain(issued.body.receipt);
    });

    it('the client of a witness reads no letter of theirs and writes none in their name', async () => {
      const { concernId, receipt } = await desk.submit({ reporterRelation: 'witness' });
      await desk.step(concernId, 'allocation', 'amina.officer');
      const path = `/v1/concerns/${concernId}/client-receipt`;
      const { body } = await stage.ask('intake', 'POST', path, { as: 'amina.officer' });
      const client = (await desk.session(body.receipt)).token;
      const before = typesOf(await eventsOf(stage, concernId));
      const write = (token: string) =>
        stage.ask('intake', 'POST', '/v1/my-concern/messages', { token, body: { text: 'It is me.' } });
      expect(await stage.ask('intake', 'GET', '/v1/my-concern', { token: client })).toMatchObject({ status: 404 });
      expect(await write(client)).toMatchObject({ status: 404 });
      expect(typesOf(await eventsOf(stage, concernId)).filter((type) => !before.includes(type))).toEqual([]);
      expect(await write((await desk.session(receipt)).token)).toMatchObject({ status: 201 });
    });

    it('a message that knows no concern of ours leaves no trace', async () => {
      const { concernId, ...data } = opened(randomUUID()).data as { concernId: string };
      const message = { ...opened(concernId), data };
      await publish(message);
      const events = (await stage.log.readAll({ after: 0n, categories: ['concern'] })).events;
      expect(events.filter(({ metadata }) => metadata.correlationId === message.correlationid)).toEqual([]);
    });
  });
});
