import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { consentTo } from './erasing.fixture.js';
import { deskOf, eventsOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const witness = { reporterRelation: 'witness' };

describe('a concern in which nothing happens any more', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  let consent: ReturnType<typeof consentTo>;
  beforeAll(async () => {
    const environment = { RETENTION_MONTHS: '6' };
    stage = await startStage({ services: [intake], logLevel: 'error', environment, now: new Date().toISOString() });
    desk = deskOf(stage);
    consent = consentTo(stage);
  });
  afterAll(() => stage?.close());

  const accept = async (concernId: string): Promise<void> => {
    const triage = { priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true };
    await desk.step(concernId, 'triage', officer, triage);
    await desk.step(concernId, 'guidance', officer, { avenues: ['legal_advice'], decision: 'proceed' });
    await desk.step(concernId, 'acceptance', officer);
  };
  /** And answered: what falls due of a concern that waits would happen in it months later. */
  const raise = async (changed: object = {}): Promise<string> => {
    const { concernId } = await desk.submit(changed);
    await desk.step(concernId, 'allocation', officer);
    await desk.step(concernId, 'messages', officer, { text: 'We are here.' });
    return concernId;
  };
  /** Months pass over all that had happened until then. */
  const wait = async (then?: Date): Promise<void> => {
    await pause(20);
    const later = new Date(then ?? Date.now());
    later.setUTCMonth(later.getUTCMonth() + 6);
    stage.clock.set(later.toISOString());
    await pause(20);
  };
  const toldOf = async (concernId: string): Promise<readonly (readonly string[])[]> =>
    (await eventsOf(stage, concernId))
      .filter(({ type }) => type === 'RetentionEnded')
      .map(({ data }) => (data as { of: string[] }).of);

  it('has been kept for long enough after some months, and that is told once for each silence', async () => {
    const [own, byWitness] = [await raise(), await raise(witness)];
    await wait();
    const active = await raise();
    await eventually(async () => {
      expect(await toldOf(own)).toEqual([['client']]);
      expect(await toldOf(byWitness)).toEqual([['client', 'reporter']]);
    });
    await pause(2_500);
    expect(await toldOf(own)).toHaveLength(1);
    expect(await toldOf(active)).toEqual([]);
    await desk.step(own, 'messages', officer, { text: 'Are you well?' });
    const types = (await eventsOf(stage, own)).map(({ type }) => type);
    expect(types.slice(-3)).toEqual(['RetentionEnded', 'OfficerMessageSent', 'RetentionResumed']);
    await wait();
    await eventually(async () => expect(await toldOf(own)).toEqual([['client'], ['client']]));
  });

  it('is left to the rule of its case where one followed, until the client is erased: then the reporter is asked for', async () => {
    const [own, byWitness] = [await raise(), await raise(witness)];
    for (const concernId of [own, byWitness]) await accept(concernId);
    await wait();
    await pause(2_500);
    expect([await toldOf(own), await toldOf(byWitness)]).toEqual([[], []]);
    const { clientId, reporterId } = await consent.personsOf(byWitness);
    await consent.erase(clientId);
    await wait();
    await eventually(async () => expect(await toldOf(byWitness)).toEqual([['reporter']]));
    await consent.erase(reporterId);
    await wait();
    await pause(2_500);
    expect(await toldOf(byWitness)).toHaveLength(1);
  });

  it('is kept for as long as the same person has another one in which something happens', async () => {
    const contactDetails = `noor.${randomUUID()}@example.org`;
    const before = await raise({ identity: 'confidential', contactDetails });
    await pause(20);
    const then = new Date();
    await pause(20);
    const again = await raise({ identity: 'confidential', contactDetails });
    await desk.step(again, 'client-link', officer, { earlierConcernId: before });
    await wait(then);
    await pause(2_500);
    expect(await toldOf(before)).toEqual([]);
  });
});
