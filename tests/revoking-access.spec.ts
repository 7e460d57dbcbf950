import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually, freePort } from '@waymark/testing';

describe('taking back somebody’s tokens', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService] });
  });
  afterAll(() => stage?.close());
  const administrator = 'samoa.administrator';
  const revoke = (person: string, options: { as?: string; key?: string } = {}) =>
    stage.ask('intake', 'POST', '/v1/access-revocations', {
      as: administrator,
      body: { personId: stage.idOf(person), reason: 'role_changed' },
      ...options,
    });
  const statusAt = async (service: string, path: string, token: string): Promise<number> =>
    (await stage.ask(service, 'GET', path, { token })).status;

  it('bites at every service within seconds, for tokens of before only and for nobody else', async () => {
    const before = await stage.token('kwame.officer');
    const other = await stage.token('amina.officer');
    expect(await statusAt('case', '/v1/cases', before)).toBe(200);
    expect(await revoke('kwame.officer')).toMatchObject({ status: 200, body: { before: expect.any(String) } });
    await eventually(async () => (await statusAt('case', '/v1/cases', before)) === 401);
    await eventually(async () => (await statusAt('intake', '/v1/concerns', before)) === 401);
    expect(await statusAt('case', '/v1/cases', other)).toBe(200);
  });

  it('is refused like any other token that is not good', async () => {
    const before = await stage.token('kwame.officer');
    await revoke('kwame.officer');
    await eventually(async () => (await statusAt('case', '/v1/cases', before)) === 401);
    expect(await stage.ask('case', 'GET', '/v1/cases', { token: before })).toMatchObject({
      body: { code: 'token_invalid', detail: 'The bearer token is not valid here.' },
    });
  });

  it('is for administrators', async () => {
    for (const as of ['amina.officer', 'ingrid.supervisor', 'jonas.auditor'])
      expect(await revoke('lucia.officer', { as })).toMatchObject({ status: 403 });
  });

  it('is in the log, with who did it and why, once for a command however often it comes', async () => {
    const key = randomUUID();
    const first = await revoke('lucia.officer', { key });
    expect(await revoke('lucia.officer', { key })).toMatchObject({ status: 200, body: first.body });
    const { events } = await stage.log.readAll({ after: 0n, categories: ['intake_operations'] });
    const mine = events.filter(({ data }) => JSON.stringify(data).includes(stage.idOf('lucia.officer')));
    expect(mine).toMatchObject([
      {
        type: 'AccessRevoked',
        data: { reason: 'role_changed' },
        metadata: { actor: { kind: 'staff', id: stage.idOf(administrator) } },
      },
    ]);
  });

  it('is told to services alone: of others nobody learns whose access was taken', async () => {
    const list = (options = {}) => stage.ask('intake', 'GET', '/v1/access-revocations', options);
    expect(await list()).toMatchObject({ status: 401, body: { code: 'token_missing' } });
    for (const as of ['amina.officer', 'ingrid.supervisor', 'jonas.auditor', administrator])
      expect(await list({ as })).toMatchObject({ status: 403, body: { code: 'role_missing' } });
  });

  it('bites at intake, which keeps the list, while nothing answers where the others read it', async () => {
    const environment = {
      ...stage.environmentOf('intake'),
      ...{ PORT: String(await freePort()), RECEIPT_ISSUER: 'http://127.0.0.1:9' },
    };
    const second = await startService(intake, { environment, clock: stage.clock });
    try {
      const token = await stage.token('meilin.officer');
      const status = async (): Promise<number> => {
        const { status } = await fetch(`${second.url}/v1/concerns`, { headers: { authorization: `Bearer ${token}` } });
        return status;
      };
      expect(await status()).toBe(200);
      await revoke('meilin.officer');
      await eventually(async () => (await status()) === 401);
    } finally {
      await second.stop();
    }
  });

  it('is told to the other services without naming anybody', async () => {
    const { status, body } = await stage.ask('intake', 'GET', '/v1/access-revocations', { as: 'service:case' });
    expect([status, body.items.length]).toEqual([200, expect.any(Number)]);
    expect(body.items.length).toBeGreaterThan(0);
    expect(JSON.stringify(body)).not.toContain(stage.idOf('lucia.officer'));
  });
});
