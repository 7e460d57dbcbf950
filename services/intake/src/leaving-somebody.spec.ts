import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { callAt, concern, deskOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

const now = '2026-03-02T08:00:00.000Z';
const [desk, alternate] = ['support_desk', 'ethics_office'];
const shuttingOut = (changed: object) => ({ exclusions: { people: [], roles: [], units: [], ...changed } });
const refused = {
  status: 422,
  body: { code: 'invalid_input', errors: [{ field: 'exclusions', rule: 'leavesSomebody' }] },
};
const leavingNobody: readonly (readonly [string, object])[] = [
  ['both desks by their units', { units: [desk, alternate] }],
  ['all officers, and the alternate desk', { roles: ['officer'], units: [alternate] }],
  ['all who work at a desk, and the alternate one', { roles: ['officer', 'supervisor'], units: [alternate] }],
];

describe('a concern that leaves nobody who could read it', () => {
  let stage: Stage;
  beforeAll(async () => {
    const environment = { ALTERNATE_DESK: alternate };
    stage = await startStage({ services: [intake], logLevel: 'error', now, environment });
  });
  afterAll(() => stage?.close());

  const submit = (changed: object, key = randomUUID()) =>
    stage.ask('intake', 'POST', '/v1/concerns', { body: { ...concern, ...changed }, key });
  const concerns = async () => (await stage.log.readAll({ after: 0n, categories: ['concern'] })).events.length;

  it.each(leavingNobody)('is refused, and nothing of it is kept: %s', async (_whom, shutOut) => {
    const before = await concerns();
    expect(await submit(shuttingOut(shutOut))).toMatchObject(refused);
    expect(await submit({ ...shuttingOut(shutOut), identity: 'named', reporterName: 'Huda' })).toMatchObject(refused);
    expect(await concerns()).toBe(before);
  });

  it.each(leavingNobody)('is refused to whoever enters it for somebody, at either desk: %s', async (_whom, shutOut) => {
    const before = await concerns();
    for (const as of ['amina.officer', 'beatriz.officer'])
      expect(
        await stage.ask('intake', 'POST', '/v1/contacts', { as, body: callAt(now, shuttingOut(shutOut)) }),
      ).toMatchObject(refused);
    expect(await concerns()).toBe(before);
  });

  it('is taken under the same key when one of them is left out', async () => {
    const key = randomUUID();
    expect(await submit(shuttingOut({ units: [desk, alternate] }), key)).toMatchObject(refused);
    const taken = await submit(shuttingOut({ units: [desk] }), key);
    expect(taken).toMatchObject({ status: 201 });
    await deskOf(stage).step(taken.body.concernId, 'allocation', 'beatriz.officer');
  });

  it('shows somebody in danger what they can do now before anything else', async () => {
    for (const danger of [{ immediateDanger: true }, { medicalUrgency: true }]) {
      const both = shuttingOut({ units: [desk, alternate] });
      const { body } = await submit({ ...both, ...danger, language: 'en' });
      expect(body.detail).toMatch(/^If you are in danger now/);
      expect((await submit({ ...both, ...danger, language: 'es' })).body.detail).toMatch(/^Si está en peligro ahora/);
    }
  });

  it('is one by role and unit only: whom else it shuts out, and where somebody is left, it is taken', async () => {
    for (const shutOut of [
      { roles: ['supervisor'] },
      { roles: ['officer', 'supervisor'] },
      { units: [alternate], roles: ['supervisor'] },
      { units: [desk, 'legal', 'ombudsman'], roles: ['supervisor', 'auditor'] },
      { people: ['amina.officer', 'beatriz.officer'] },
    ])
      expect(await submit(shuttingOut(shutOut))).toMatchObject({ status: 201 });
  });
});
