import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { audit } from './audit.service.js';
import { RecordedHistory, sealed } from './recorded-history.fixture.js';

describe('timeline', () => {
  let stage: Stage;
  let history: RecordedHistory;
  beforeAll(async () => {
    stage = await startStage({ services: [audit], logLevel: 'error' });
    history = new RecordedHistory(stage);
  });
  afterAll(async () => {
    await history.close();
    await stage.close();
  });

  it('works', async () => {
    const [concernId, clientId] = [randomUUID(), randomUUID()];
    await history.tell('intake', `concern-${concernId}`, {
      type: 'ConcernSubmitted',
      at: '2026-03-02T08:00:00.000Z',
      data: { clientId, narrative: sealed('hello') },
    });
    const answer = await stage.ask('audit', 'GET', `/v1/clients/${clientId}/timeline`, { as: 'jonas.auditor' });
    console.log(JSON.stringify(answer, null, 1));
    expect(answer.status).toBe(200);
  });
});
