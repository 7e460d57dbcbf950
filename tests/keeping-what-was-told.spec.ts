import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

jest.setTimeout(180_000);

const [officer, supervisor] = ['amina.officer', 'ingrid.supervisor'];

describe('what somebody told of which no case came', () => {
  let stage: Stage;
  beforeAll(async () => {
    const services = [intake, caseService, consent, referral];
    const now = new Date().toISOString();
    stage = await startStage({ services, logLevel: 'error', now, environment: { RETENTION_MONTHS: '12' } });
  });
  afterAll(() => stage?.close());

  it('is unreadable a year later, once a supervisor has approved what the rule asked for', async () => {
    const raised = await stage.ask('intake', 'POST', '/v1/concerns', {
      body: {
        ...{ kind: 'concern_report', identity: 'confidential', reporterRelation: 'witness', matter: ['harassment'] },
        ...{ language: 'en', immediateDanger: false, narrative: 'He shouts at her every morning.' },
      },
    });
    expect(raised).toMatchObject({ status: 201 });
    const { concernId } = raised.body;
    const taken = await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, { as: officer });
    expect(taken).toMatchObject({ status: 200 });
    // What falls due of a concern that waits for an answer would happen in it a year later.
    const answer = { as: officer, body: { text: 'We have read it. Tell us when you can talk.' } };
    expect(await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/messages`, answer)).toMatchObject({
      status: 200,
    });
    const read = () => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: officer });
    const { clientId, reporterId, account } = (await read()).body;
    expect(account).toMatchObject({ narrative: 'He shouts at her every morning.' });
    await pause(20);
    const later = new Date();
    later.setUTCFullYear(later.getUTCFullYear() + 1);
    stage.clock.set(later.toISOString());
    for (const person of [clientId, reporterId]) {
      const waits = await eventually(async () => {
        const { body } = await stage.ask('consent', 'GET', '/v1/approvals?limit=100', { as: supervisor });
        return body.items.find((line: { clientId: string }) => line.clientId === person) ?? false;
      });
      expect(waits).toMatchObject({ kind: 'erasure' });
      const approval = await stage.ask('consent', 'POST', `/v1/clients/${person}/erasure-approval`, { as: supervisor });
      expect(approval).toMatchObject({ status: 200 });
      await eventually(async () => {
        const { body } = await stage.ask('consent', 'GET', `/v1/clients/${person}/erasure`, { as: supervisor });
        return body.erasure.status === 'completed';
      });
    }
    const { body } = await read();
    expect(body.erased.toSorted()).toEqual(['client', 'reporter']);
    expect(body.account).not.toHaveProperty('narrative');
  });
});
