import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { ConfigError } from './config.js';
import { type RunningService, startService } from './start-service.js';
import { prepareGround, type TallyGround } from './tally-ground.fixture.js';
import { tallyService } from './tally.fixture.js';

describe('a service whose log is in KurrentDB', () => {
  let ground: TallyGround;
  let service: RunningService;
  beforeAll(async () => {
    ground = await prepareGround('kurrentdb');
    service = await startService(tallyService, {
      environment: { ...ground.environment, PORT: await ground.freePort(), LOG_LEVEL: 'silent' },
    });
  });
  afterAll(async () => {
    await service?.stop();
    await ground?.close();
  });

  const add = (id: string, by: number, key: string = randomUUID()): Promise<Response> =>
    fetch(`${service.url}/v1/tallies/${id}/additions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ by }),
    });
  const total = async (id: string): Promise<unknown> => (await fetch(`${service.url}/v1/tallies/${id}`)).json();

  it('appends what its commands decide, once for each command, and reads it back', async () => {
    const [id, key] = [randomUUID(), randomUUID()];
    expect((await add(id, 2, key)).status).toBe(201);
    expect((await add(id, 2, key)).status).toBe(201);
    expect((await add(id, 3)).status).toBe(201);
    expect(await total(id)).toMatchObject({ total: 5 });
    expect(ground.peer?.log.read(`tally-${id}`)).toHaveLength(2);
  });

  it('is not ready and stores nothing while the server is away, and goes on when it is back', async () => {
    const id = randomUUID();
    ground.peer?.stop();
    expect((await add(id, 1)).status).toBe(503);
    const ready = await fetch(`${service.url}/health/ready`);
    expect(ready.status).toBe(503);
    expect(await ready.text()).toContain('event_store');
    await ground.peer?.start();
    await eventually(async () => (await fetch(`${service.url}/health/ready`)).status === 200);
    expect((await add(id, 1)).status).toBe(201);
    expect(await total(id)).toMatchObject({ total: 1 });
  });

  it('says which variable is wrong when the connection string cannot be used, and not what it is', async () => {
    const environment = { ...ground.environment, PORT: '1', EVENT_STORE_URL: 'esdb://localhost?jasmine=1' };
    const starting = startService(tallyService, { environment });
    await expect(starting).rejects.toThrow(ConfigError);
    await expect(starting).rejects.toThrow(/^EVENT_STORE_URL: (?!.*jasmine)/);
  });
});
