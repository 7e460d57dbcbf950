import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { consentTo, openQueue } from './erasing.fixture.js';
import { deskOf, eventsOf, typesOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';

describe('erasing a client at intake', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  let consent: ReturnType<typeof consentTo>;
  beforeAll(async () => {
    stage = await startStage({
      ...{ services: [intake], logLevel: 'error' },
      environment: { ALTERNATE_DESK: 'ethics_office' },
    });
    desk = deskOf(stage);
    consent = consentTo(stage);
  });
  afterAll(() => stage?.close());

  const clientOf = async (concernId: string): Promise<string> => (await consent.personsOf(concernId)).clientId;
  const lineOf = async (concernId: string, as = officer) => {
    const { body } = await stage.ask('intake', 'GET', '/v1/concerns?waitingFor=any&limit=100', { as });
    return body.items.find((line: { concernId: string }) => line.concernId === concernId);
  };
  const told = {
    place: { country: 'BD', dutyStation: 'BD-CO010' },
    exclusions: { people: ['somebody'], roles: [], units: ['legal'] },
  };

  it('takes out of the queue what tells of whoever reported for themself, and marks what is left', async () => {
    const { concernId, receipt } = await desk.submit(told);
    await desk.step(concernId, 'allocation', officer);
    await desk.step(concernId, 'messages', officer, { text: 'We are here.' });
    const clientId = await clientOf(concernId);
    expect(await lineOf(concernId)).toMatchObject({ language: 'ar', country: 'BD' });
    await consent.erase(clientId);

    const line = await lineOf(concernId);
    expect(line).toMatchObject({ language: 'und', status: 'acknowledged' });
    expect(line).not.toHaveProperty('country');
    expect(line).not.toHaveProperty('dutyStation');
    const concern = await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: officer });
    expect(concern).toMatchObject({
      status: 200,
      body: { erased: ['client', 'reporter'], account: {}, messages: [{ from: 'officer', erased: true }] },
    });
    expect(await desk.myConcern(receipt)).toMatchObject({ narrative: '', erased: true, messages: [{ erased: true }] });
    const late = await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/messages`, {
      as: officer,
      body: { text: 'Are you there?' },
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'person_erased' } });
  });

  it('leaves a view that a fresh fold equals, and none that is kept to go back to', async () => {
    const { concernId } = await desk.submit(told);
    const { concernId: stays } = await desk.submit(told);
    const clientId = await clientOf(concernId);
    const queue = await openQueue(stage);
    await queue.rebuild();
    expect(await queue.states()).toContain('kept');

    await consent.erase(clientId);
    expect(await queue.states()).toEqual(['live']);
    expect(await lineOf(stays)).toMatchObject({ language: 'ar', country: 'BD' });
    await lineOf(concernId);
    await queue.rebuild();
    const [live, kept] = await queue.digests();
    expect(live).toBeDefined();
    expect(live).toBe(kept);
    await queue.close();
  });

  it('leaves nothing of a view that no release has any more', async () => {
    const { concernId } = await desk.submit(told);
    const clientId = await clientOf(concernId);
    await stage.query('intake', 'CREATE SCHEMA earlier_queue_v2 CREATE TABLE earlier_queue (client_id uuid)');
    await stage.query(
      'intake',
      `INSERT INTO view_generations (view, version, state) VALUES ('earlier-queue', 2, 'live')`,
    );
    await consent.publish(consent.approved(clientId));
    await eventually(async () => (await consent.noted(clientId)).length === 1, { timeoutMs: 60_000 });
    const left = `SELECT to_regnamespace('earlier_queue_v2') AS schema,
      (SELECT count(*)::int FROM view_generations WHERE view = 'earlier-queue') AS generations`;
    expect(await stage.query('intake', left)).toEqual([{ schema: null, generations: 0 }]);
  });

  it('is carried out also while a view is being built, and leaves none that is kept', async () => {
    const { concernId } = await desk.submit(told);
    const clientId = await clientOf(concernId);
    const queue = await openQueue(stage);
    await queue.rebuild();
    await queue.whileBuilt(() => consent.erase(clientId));
    expect(await queue.states()).toEqual(['live']);
    await queue.close();
  });

  it('shows the desk nothing that it was not shown before: what was about the desk stays with the alternate one', async () => {
    const { concernId } = await desk.submit({ exclusions: { people: [], roles: [], units: ['support_desk'] } });
    await desk.step(concernId, 'allocation', 'beatriz.officer');
    const clientId = await clientOf(concernId);
    await consent.erase(clientId);
    expect(await lineOf(concernId, 'beatriz.officer')).toMatchObject({ language: 'und' });
    const read = (as: string) => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });
    expect(await read('beatriz.officer')).toMatchObject({ status: 200, body: { account: {} } });
    for (const as of [officer, 'ingrid.supervisor']) {
      expect(await lineOf(concernId, as)).toBeUndefined();
      expect(await read(as)).toMatchObject({ status: 404 });
    }
  });

  it('is done once, however often it is ordered, and answered at each order', async () => {
    const { concernId } = await desk.submit();
    const clientId = await clientOf(concernId);
    const erasureId = randomUUID();
    const first = consent.approved(clientId, erasureId);
    await consent.publish(first, first, consent.approved(clientId, erasureId));
    const after = await desk.submit();
    const afterwards = await clientOf(after.concernId);
    await consent.publish(consent.approved(afterwards));
    await eventually(
      async () => (await consent.noted(afterwards)).length === 1 && (await consent.noted(clientId)).length === 2,
    );
    expect(typesOf(await eventsOf(stage, concernId)).filter((type) => type === 'PersonErased')).toHaveLength(1);
    const [event, again] = await consent.noted(clientId);
    expect(again?.data).toEqual(event?.data);
    expect(event?.data).toMatchObject({ subjectId: clientId, erasureId, keyMadeAt: expect.any(String) });
  });

  it('erases somebody of whom intake knows nothing: there will be no key either', async () => {
    const clientId = randomUUID();
    await consent.erase(clientId);
    expect((await consent.noted(clientId))[0]?.data).not.toHaveProperty('keyMadeAt');
  });
});
