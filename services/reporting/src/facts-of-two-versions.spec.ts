import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { intakeMessages } from '@waymark/contracts';
import { withdrawnType } from '@waymark/messaging';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { newFacts } from './facts.fixture.js';
import { reporting } from './reporting.service.js';

const { contactCounted, contactCountedFirst } = intakeMessages;

describe('a contact that was told of with its channel', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [reporting], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const received = async () => (await stage.log.readAll({ after: 0n, categories: ['fact'] })).events;

  it('is kept once, without it, also when everything is told again without', async () => {
    const fact = newFacts();
    const counted = { factId: randomUUID(), month: '2026-02', country: 'KE', matters: [], behaviours: [] };
    const before = fact(contactCountedFirst, { ...counted, channel: 'helpline' });
    const bus = stage.busOf('intake');
    await bus.publish(contactCounted.topic, [before]);
    await eventually(async () => expect(await received()).toHaveLength(1));
    const withdrawn = { ...before, type: withdrawnType, data: {} };
    const last = { ...counted, factId: randomUUID() };
    await bus.publish(contactCounted.topic, [withdrawn, fact(contactCounted, counted), fact(contactCounted, last)]);
    await eventually(async () => expect(await received()).toHaveLength(2));
    // Another partition may be ahead: so that what is told again has been heard.
    await eventually(async () => {
      const sql = `SELECT last_sequence FROM inbox_sequence WHERE subject = '${counted.factId}'`;
      expect(await stage.query('reporting', sql)).toMatchObject([{ last_sequence: '2' }]);
    });
    expect((await received()).map(({ data }) => data)).toEqual([counted, last]);
  });

  it('leaves no dead letter', async () => {
    expect(await stage.query('reporting', 'SELECT reason FROM dead_letters')).toEqual([]);
  });
});
