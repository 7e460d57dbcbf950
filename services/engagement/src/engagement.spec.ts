import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { engagement } from './engagement.service.js';

describe('engagement', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [engagement], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  it('is live and ready, and tells how it is doing', async () => {
    for (const path of ['/health/live', '/health/startup', '/health/ready'])
      expect(await stage.ask('engagement', 'GET', path)).toMatchObject({ status: 200, body: { status: 'ok' } });
    const metrics = await stage.ask('engagement', 'GET', '/metrics');
    expect(metrics.body).toContain('service="engagement"');
  });
});
