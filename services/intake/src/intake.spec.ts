import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { concernBody, readVignettes } from '@waymark/demo';
import { type Stage, startStage } from '@waymark/stage';
import { concern, deskOf, eventsOf, typesOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

describe('raising a concern', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  it('needs no account, and the receipt opens it again, byte for byte', async () => {
    const { receipt } = await desk.submit();
    expect(receipt).toMatch(/^\d{16}$/);
    expect(await desk.session(receipt)).toMatchObject({ scope: 'reporter' });
    expect(await desk.myConcern(receipt)).toMatchObject({
      status: 'received',
      narrative: concern.narrative,
      messages: [],
    });
  });

  it('is answered without how far the log has come, which would tell how much else is going on', async () => {
    const raised = await stage.ask('intake', 'POST', '/v1/concerns', { body: concern });
    const token = (await desk.session(raised.body.receipt)).token;
    const written = await stage.ask('intake', 'POST', '/v1/my-concern/messages', { token, body: { text: 'Hello.' } });
    for (const { status, headers } of [raised, written]) {
      expect(status).toBe(201);
      expect(headers.get('waymark-position')).toBeNull();
    }
    const path = `/v1/concerns/${raised.body.concernId}/allocation`;
    const taken = await stage.ask('intake', 'POST', path, { as: 'amina.officer', body: {} });
    expect(taken.headers.get('waymark-position')).toMatch(/^\d+$/);
  });

  it('says until when a person is to answer, and shows emergency help first in danger', async () => {
    expect(await desk.submit()).toMatchObject({ answerBy: '2026-03-03T08:00:00.000Z' });
    expect(await desk.submit()).not.toHaveProperty('emergencyHelp');
    for (const danger of [{ immediateDanger: true }, { medicalUrgency: true }])
      expect(await desk.submit(danger)).toMatchObject({
        answerBy: '2026-03-02T09:00:00.000Z',
        emergencyHelp: expect.stringContaining('رقم الطوارئ'),
      });
  });

  it('tells somebody in danger what to do in the language in which they told of it', async () => {
    const ours = [
      ['fr', 'numéro d’urgence'],
      ['es', 'número de emergencia'],
      ['ar-EG', 'رقم الطوارئ'],
      ['en', 'emergency number'],
      ['sw', 'emergency number'],
    ] as const;
    for (const [language, words] of ours) {
      const { emergencyHelp } = await desk.submit({ immediateDanger: true, language });
      expect(emergencyHelp).toContain(words);
      expect(emergencyHelp).toContain('72');
    }
  });

  it('tells them again when they come back, as long as nobody has answered', async () => {
    const { concernId, receipt, emergencyHelp } = await desk.submit({ medicalUrgency: true });
    expect(await desk.myConcern(receipt)).toMatchObject({ status: 'received', emergencyHelp });
    await desk.step(concernId, 'allocation', 'amina.officer');
    await desk.step(concernId, 'messages', 'amina.officer', { text: 'A doctor can see you at once.' });
    expect(await desk.myConcern(receipt)).not.toHaveProperty('emergencyHelp');
    const { receipt: calm } = await desk.submit();
    expect(await desk.myConcern(calm)).not.toHaveProperty('emergencyHelp');
  });

  it('does not tell somebody in danger that anybody was alerted, since nobody is', async () => {
    const { emergencyHelp } = await desk.submit({ immediateDanger: true, language: 'en' });
    expect(emergencyHelp).not.toMatch(/alerted|notified|informed|on (its|their) way/);
    expect(emergencyHelp).toContain('Nobody has been called');
  });

  it('takes the 60 first messages of the demo and gives them back byte for byte', async () => {
    const vignettes = await readVignettes();
    expect(vignettes).toHaveLength(60);
    const received = await Promise.all(vignettes.map((vignette) => desk.submit(concernBody(vignette))));
    for (const [index, { receipt }] of received.entries()) {
      const mine = await desk.myConcern(receipt);
      expect(Buffer.from(mine.narrative)).toEqual(Buffer.from(vignettes[index]?.text ?? ''));
    }
  });

  it('is a conversation: what both write reaches the other as it was written', async () => {
    const { concernId, receipt } = await desk.submit();
    const { token } = await desk.session(receipt);
    const asked = 'Est-ce que quelqu’un lit ceci ?\r\n\t— أنا خائفة 🙏';
    expect(
      await stage.ask('intake', 'POST', '/v1/my-concern/messages', { token, body: { text: asked } }),
    ).toMatchObject({
      status: 201,
      body: { messageId: expect.any(String) },
    });
    const asWritten = stage.clock.now();
    stage.clock.advance({ minutes: 20 });
    await desk.step(concernId, 'allocation', 'amina.officer');
    await desk.step(concernId, 'messages', 'amina.officer', { text: 'Oui.' });
    const messages = [
      { from: 'reporter', text: asked, writtenAt: asWritten },
      { from: 'officer', text: 'Oui.', writtenAt: stage.clock.now() },
    ];
    expect(await desk.myConcern(receipt)).toMatchObject({ status: 'answered', messages });
    const read = await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: 'amina.officer' });
    expect(read.body).toMatchObject({ messages, account: { narrative: concern.narrative, language: 'ar' } });
  });

  it('is read with all that the next officer must know: what is urgent, what triage found, what was explained and decided', async () => {
    const { concernId } = await desk.submit({ medicalUrgency: true });
    const read = async () =>
      (await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: 'kwame.officer' })).body;
    await desk.step(concernId, 'allocation', 'kwame.officer');
    const contact = { at: stage.clock.now(), precision: 'minute' };
    const untouched = { contact, immediateDanger: false, medicalUrgency: true, guidance: [] };
    expect(await read()).toMatchObject(untouched);
    expect(await read()).not.toHaveProperty('riskOfRetaliation');
    await desk.step(concernId, 'messages', 'kwame.officer', { text: 'A doctor can see you at once.' });
    const triage = { priority: 'emergency', riskOfRetaliation: true, mandatoryReportingExplained: false };
    await desk.step(concernId, 'triage', 'kwame.officer', triage);
    const first = { avenues: ['medical_care'], decision: 'undecided', note: 'She wants to ask her sister first.' };
    const second = { avenues: ['medical_care', 'psychosocial_support'], decision: 'proceed' };
    for (const guidance of [first, second]) await desk.step(concernId, 'guidance', 'kwame.officer', guidance);
    expect(await read()).toMatchObject({
      ...triage,
      contact,
      firstResponse: contact,
      medicalUrgency: true,
      guidance: [first, second],
    });
  });

  it('works for fifty people at once, each with a receipt of their own', async () => {
    const received = await Promise.all(Array.from({ length: 50 }, () => desk.submit()));
    expect(new Set(received.map(({ receipt }) => receipt)).size).toBe(50);
    const histories = await Promise.all(received.map(({ concernId }) => eventsOf(stage, concernId)));
    for (const history of histories) expect(typesOf(history)).toEqual(['ConcernSubmitted', 'ReceiptIssued']);
  });

  it('refuses a name where the person wants to stay anonymous, and keeps nothing of it', async () => {
    const before = (await stage.log.readAll({ after: 0n, categories: ['concern'] })).events.length;
    const body = { ...concern, reporterName: 'Huda' };
    expect(await stage.ask('intake', 'POST', '/v1/concerns', { body })).toMatchObject({
      status: 409,
      body: { code: 'anonymous_with_name', errors: [{ field: 'identity', rule: 'anonymous_with_name' }] },
    });
    expect((await stage.log.readAll({ after: 0n, categories: ['concern'] })).events).toHaveLength(before);
  });

  describe('again with the same Idempotency-Key', () => {
    const submitted = async (key: string) => {
      const { body } = await stage.ask('intake', 'POST', '/v1/concerns', { body: concern, key });
      return { concernId: body.concernId, receipt: body.receipt };
    };

    it('gives the same receipt', async () => {
      const key = randomUUID();
      const first = await submitted(key);
      expect(await submitted(key)).toEqual(first);
    });

    it('gives the same receipt although the first answer was lost and the service was started again', async () => {
      const key = randomUUID();
      const first = await submitted(key);
      await stage.query('intake', 'DELETE FROM idempotency');
      await stage.stop('intake');
      await stage.start('intake');
      expect(await submitted(key)).toEqual(first);
      expect(typesOf(await eventsOf(stage, first.concernId))).toEqual(['ConcernSubmitted', 'ReceiptIssued']);
      expect(await desk.myConcern(first.receipt)).toMatchObject({ concernId: first.concernId });
    });

    it('gives the same receipt when it comes ten times at once', async () => {
      const key = randomUUID();
      const answers = await Promise.all(Array.from({ length: 10 }, () => submitted(key)));
      expect(new Set(answers.map((each) => JSON.stringify(each))).size).toBe(1);
      expect(typesOf(await eventsOf(stage, answers[0]?.concernId))).toEqual(['ConcernSubmitted', 'ReceiptIssued']);
    });

    it.each(['/v1/concerns?', '/v1/%63oncerns'])('is the same concern at %s', async (path) => {
      const key = randomUUID();
      const first = await submitted(key);
      const again = await stage.ask('intake', 'POST', path, { body: concern, key });
      expect(again).toMatchObject({ status: 201, body: first });
      const other = { ...concern, narrative: 'Something else.' };
      expect(await stage.ask('intake', 'POST', path, { body: other, key })).toMatchObject({ status: 422 });
      expect(await desk.myConcern(first.receipt)).toMatchObject({ concernId: first.concernId });
    });

    it('is no second concern with the same receipt because of a query', async () => {
      const key = randomUUID();
      const asked = await stage.ask('intake', 'POST', '/v1/concerns?x', { body: concern, key });
      expect(asked).toMatchObject({ status: 422, body: { code: 'invalid_input', errors: [{ field: 'x' }] } });
      const first = await submitted(key);
      expect(await stage.ask('intake', 'POST', '/v1/concerns?x', { body: concern, key })).toMatchObject({
        status: 422,
      });
      expect(await desk.myConcern(first.receipt)).toMatchObject({ concernId: first.concernId });
    });

    it('is refused with another body', async () => {
      const key = randomUUID();
      await submitted(key);
      const body = { ...concern, narrative: 'Something else.' };
      expect(await stage.ask('intake', 'POST', '/v1/concerns', { body, key })).toMatchObject({
        status: 422,
        body: { code: 'idempotency_key_reused' },
      });
    });
  });
});
