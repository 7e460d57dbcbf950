import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { intakeMessages } from '@waymark/contracts';
import { derivedId, type Message, withdrawnType } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { callAt, deskOf, eventsOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

const { contactCounted, concernAccepted, responseAwaited, responseGiven } = intakeMessages;

describe('what intake tells the other services', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  const heard: Message[] = [];
  const from =
    (channel: string) =>
    ({ type, data }: Message): boolean =>
      type === responseAwaited.type && 'channel' in data && data.channel === channel;
  /** Nothing else tells one contact of this spec from another. */
  const countedWith =
    (behaviour: string) =>
    ({ type, data }: Message): boolean =>
      type === contactCounted.type && 'behaviours' in data && String(data.behaviours) === behaviour;
  const hear = async (wanted: (message: Message) => boolean): Promise<Message | undefined> => {
    await eventually(() => heard.some(wanted));
    return heard.find(wanted);
  };
  const listen = (service: string, topic: string): Promise<void> =>
    stage.busOf(service).subscribe({
      group: 'spec',
      topics: [topic],
      handle: async (message) => void heard.push(message),
      unreadable: async ({ reason }) => {
        throw new Error(reason);
      },
    }).ready;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    desk = deskOf(stage);
    await listen('case', concernAccepted.topic);
    await listen('reporting', contactCounted.topic);
  });
  afterAll(() => stage?.close());

  it('that a concern was accepted, for whom and by whom, and nothing of the matter', async () => {
    const { concernId } = await desk.submit();
    await desk.accept(concernId);
    const message = await hear(({ type }) => type === concernAccepted.type);
    const events = await eventsOf(stage, concernId);
    const [submitted, last] = [events.at(0), events.at(-1)];
    expect(message).toMatchObject({
      subject: concernId,
      sequence: 1,
      causationid: last?.id,
      correlationid: last?.metadata.correlationId,
      data: { concernId, officerId: stage.idOf('amina.officer'), acceptedAt: stage.clock.now() },
    });
    expect(concernAccepted.parse(message?.data)).toMatchObject({ clientId: Object(submitted?.data).clientId });
  });

  it('that somebody was in contact: month, place and codes, and nothing by which to find the concern', async () => {
    const place = { country: 'AR', subdivision: 'AR-B', dutyStation: 'AR-XX010' };
    const behaviour = ['psychological_violence'];
    const concernId = await desk.register(callAt(stage.clock.now(), { place, behaviour }));
    const message = await hear(countedWith('psychological_violence'));
    const counted = contactCounted.parse(message?.data);
    expect(counted).toEqual({
      factId: message?.subject,
      month: '2026-03',
      country: 'AR',
      subdivision: 'AR-B',
      matters: ['sexual_harassment'],
      behaviours: behaviour,
    });
    // The first number is that of what is not said any more: the contact with its channel.
    expect(message).toMatchObject({ time: '2026-03-01T00:00:00.000Z', sequence: 2 });
    const before = heard.find(({ subject, sequence }) => subject === message?.subject && sequence === 1);
    expect(before).toMatchObject({ type: withdrawnType, data: {}, time: '2026-03-01T00:00:00.000Z' });
    expect(message).not.toHaveProperty('traceparent');
    const events = await eventsOf(stage, concernId);
    const ids = events.flatMap(({ id, metadata, data }) => [
      ...[id, metadata.correlationId, metadata.causationId, metadata.actor.id],
      ...Object.values(data).filter((value) => typeof value === 'string' && /^[0-9a-f-]{36}$/.test(value)),
    ]);
    for (const id of [concernId, ...ids]) expect(JSON.stringify(message)).not.toContain(id);
    const { id, correlationid, causationid } = message ?? {};
    expect([correlationid, causationid]).toEqual([id, id]);
    const guessable = events.map((event) => derivedId('message', event.id, contactCounted.type));
    expect(guessable).not.toContain(id);
  });

  it('the month only of a contact that is known to the month only, and nothing of one that is not known at all', async () => {
    const time = (precision: string) => ({ contact: { at: '2021-02-14T00:00:00.000Z', precision } });
    await desk.register(callAt('', { ...time('unknown'), behaviour: ['exclusion'] }));
    await desk.register(callAt('', { ...time('month'), behaviour: ['defamation'] }));
    const message = await hear(countedWith('defamation'));
    expect(message?.data).toMatchObject({ month: '2021-02' });
    expect(heard.filter(countedWith('exclusion'))).toEqual([]);
  });

  it('how it was answered: month and band of hours, under a name that joins neither the concern nor its contact', async () => {
    const concernId = await desk.register(callAt(stage.clock.now(), { channel: 'phone', behaviour: ['stalking'] }));
    await desk.step(concernId, 'allocation', 'amina.officer');
    stage.clock.advance({ hours: 3 });
    const response = { at: stage.clock.now(), precision: 'minute' };
    await desk.step(concernId, 'first-response', 'amina.officer', { response });
    const awaited = await hear(from('phone'));
    const given = await hear(({ type, subject }) => type === responseGiven.type && subject === awaited?.subject);
    const factId = awaited?.subject;
    expect(awaited).toMatchObject({
      sequence: 1,
      data: { factId, month: '2026-03', channel: 'phone', measurable: true },
    });
    expect(given).toMatchObject({ sequence: 2, time: '2026-03-01T00:00:00.000Z' });
    expect(given?.data).toEqual({ factId, band: 'within_4_hours' });
    expect((await hear(countedWith('stalking')))?.subject).not.toBe(factId);
    expect(JSON.stringify([awaited, given])).not.toContain(concernId);
  });

  it('that an answer cannot be measured, where contact or answer are not known to the minute', async () => {
    const time = (at: string, precision: string) => ({ at, precision });
    const [day, minute] = [time('2021-05-14T00:00:00.000Z', 'day'), time('2021-05-14T08:00:00.000Z', 'minute')];
    await desk.register(callAt('', { contact: day, firstResponse: minute, channel: 'other_unit' }));
    await desk.register(callAt('', { contact: minute, firstResponse: day, channel: 'in_person' }));
    for (const [channel, measurable] of [
      ['other_unit', false],
      ['in_person', true],
    ] as const) {
      const awaited = await hear(from(channel));
      expect(awaited?.data).toMatchObject({ month: '2021-05', measurable });
      const given = await hear(({ type, subject }) => type === responseGiven.type && subject === awaited?.subject);
      expect(given?.data).toEqual({ factId: awaited?.subject });
    }
  });

  it('each contact once, under the same name, when it is registered again', async () => {
    const options = {
      as: 'amina.officer',
      key: randomUUID(),
      body: callAt(stage.clock.now(), { behaviour: ['threat'] }),
    };
    await stage.ask('intake', 'POST', '/v1/contacts', options);
    await stage.query('intake', 'DELETE FROM idempotency');
    await stage.ask('intake', 'POST', '/v1/contacts', options);
    // Facts that leave together leave shuffled: only what is heard of a later contact comes after all of the earlier ones.
    for (const behaviour of ['touching', 'humiliation'] as const) {
      await desk.register(callAt(stage.clock.now(), { behaviour: [behaviour] }));
      await hear(countedWith(behaviour));
    }
    expect(heard.filter(countedWith('threat'))).toHaveLength(1);
  });
});
