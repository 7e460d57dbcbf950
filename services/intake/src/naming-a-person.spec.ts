import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { callAt, concern, deskOf, routesOfConcern, withoutInstance } from './intake.fixture.js';
import { intake } from './intake.service.js';

const now = '2026-03-02T08:00:00.000Z';

describe('a person whom the reporter names', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error', now });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  const naming = (...people: readonly string[]) => ({ exclusions: { people, roles: [], units: [] } });
  const inCapitals = () => stage.idOf('amina.officer').toUpperCase();
  const queueOf = async (as: string): Promise<readonly string[]> =>
    (await stage.ask('intake', 'GET', '/v1/concerns?limit=100', { as })).body.items.map(
      (line: { concernId: string }) => line.concernId,
    );

  it.each<[string, () => Promise<string>]>([
    ['raises it', async () => (await desk.submit(naming(inCapitals()))).concernId],
    ['calls', () => desk.register(callAt(now, naming(inCapitals())), 'kwame.officer')],
  ])('is shut out from the first, although the id was given in capitals by whoever %s', async (_how, raise) => {
    const concernId = await raise();
    expect(inCapitals()).not.toBe(stage.idOf('amina.officer'));
    expect(await queueOf('kwame.officer')).toContain(concernId);
    expect(await queueOf('amina.officer')).not.toContain(concernId);
    for (const [method, path, body] of routesOfConcern(now)) {
      const ask = async (id: string) =>
        withoutInstance(await stage.ask('intake', method, `/v1/concerns/${id}${path}`, { as: 'amina.officer', body }));
      expect(await ask(concernId)).toEqual(await ask(randomUUID()));
    }
  });

  it('is given it by no supervisor, in whichever case either of them writes the id', async () => {
    for (const [named, given] of [
      [inCapitals(), stage.idOf('amina.officer')],
      [stage.idOf('amina.officer'), inCapitals()],
    ] as const) {
      const { concernId } = await desk.submit(naming(named));
      const path = `/v1/concerns/${concernId}/allocation`;
      expect(
        await stage.ask('intake', 'POST', path, { as: 'ingrid.supervisor', body: { officerId: given } }),
      ).toMatchObject({ status: 409, body: { code: 'officer_excluded' } });
    }
  });

  it('is shut out from the first, by queue, reading and allocation, in whichever way their UUID is spelt', async () => {
    const id = stage.idOf('amina.officer');
    const bare = id.replaceAll('-', '');
    for (const spelt of [`urn:uuid:${id}`, `{${id.toUpperCase()}}`, bare, bare.toUpperCase(), `URN:UUID:${id}`]) {
      const { concernId } = await desk.submit(naming(spelt));
      expect(await queueOf('kwame.officer')).toContain(concernId);
      expect(await queueOf('amina.officer')).not.toContain(concernId);
      expect(await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: 'amina.officer' })).toMatchObject({
        ...{ status: 404, body: { code: 'not_found' } },
      });
      const given = { as: 'ingrid.supervisor', body: { officerId: `{${id}}` } };
      expect(await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, given)).toMatchObject({
        ...{ status: 409, body: { code: 'officer_excluded' } },
      });
    }
  });

  it('is never taken for shut out where what was given can be no id: with spaces, or a display name', async () => {
    for (const given of [` ${stage.idOf('amina.officer')}`, `${stage.idOf('amina.officer')} `, 'Kwame Boateng', ''])
      expect(
        await stage.ask('intake', 'POST', '/v1/concerns', { body: { ...concern, ...naming(given) } }),
      ).toMatchObject({ status: 422, body: { errors: [{ field: 'exclusions.people' }] } });
  });

  it('takes a concern for themselves also with their own id in capitals', async () => {
    const { concernId } = await desk.submit();
    await desk.step(concernId, 'allocation', 'amina.officer', { officerId: inCapitals() });
    await desk.step(concernId, 'messages', 'amina.officer', { text: 'We are here.' });
  });
});
