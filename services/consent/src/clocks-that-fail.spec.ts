import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { type ConsentStage, startConsentStage, toOmbudsman } from './consent.fixture.js';

describe('the clock of consents', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage({ logLevel: 'fatal' });
  });
  afterAll(() => stage?.close());

  it('ends a consent at its time also when it fails for another one', async () => {
    const unknown = randomUUID();
    await stage.query(
      'consent',
      'INSERT INTO consent_clocks (consent_id, is_override, client_id, due_at) VALUES ($1, false, $2, $3)',
      [unknown, randomUUID(), stage.clock.now()],
    );
    const clientId = randomUUID();
    await stage.team(clientId, ['amina.officer']);
    const path = `/v1/clients/${clientId}/consents`;
    const given = await stage.post(path, { as: 'amina.officer', body: toOmbudsman(stage) });
    stage.clock.advance({ days: 30 });
    await eventually(async () => {
      const expired = (await stage.eventsOf(clientId)).filter(({ type }) => type === 'ConsentExpired');
      expect(expired).toMatchObject([{ data: { consentId: given.body.consentId } }]);
    });
    const stuck = await stage.query('consent', 'SELECT consent_id FROM consent_clocks WHERE failures > 0');
    expect(stuck).toEqual([{ consent_id: unknown }]);
  });
});
