import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, FakeClock } from '@waymark/testing';
import { createLog } from '../log.js';
import type { ServiceDefinition } from '../service-definition.js';
import { type RunningService, startService } from '../start-service.js';
import { tallyService } from '../tally.fixture.js';
import { prepareGround, type TallyGround } from '../tally-ground.fixture.js';
import { type ProcessDeclaration, processIdOf } from './process-declaration.js';

const counting: ProcessDeclaration = {
  ...{ service: 'tally', name: 'counting', version: 1 },
  startedBy: { category: 'tally', types: ['Added'], about: ({ stream }) => stream.slice('tally-'.length) },
  steps: [{ name: 'ask', withinMinutes: 5, take: ({ about }) => Promise.resolve([about]) }],
};
const older: ProcessDeclaration = {
  ...counting,
  name: 'older',
  startedBy: { ...counting.startedBy, types: ['Withdrawn'] },
};
const releaseBefore: ServiceDefinition = { ...tallyService, processes: { version: 1, declared: [older] } };
const release: ServiceDefinition = { ...tallyService, processes: { version: 2, declared: [older, counting] } };

describe('a process that is new in a release', () => {
  const clock = new FakeClock('2026-03-02T08:00:00.000Z');
  let ground: TallyGround;
  const instances: RunningService[] = [];
  const start = async (which: ServiceDefinition): Promise<void> => {
    const environment = { ...ground.environment, PORT: await ground.freePort() };
    const log = createLog('tally', 'silent');
    instances.push(await startService(which, { environment, clock, log }));
  };
  beforeAll(async () => {
    ground = await prepareGround();
    await start(releaseBefore);
  });
  afterAll(async () => {
    await Promise.all(instances.map((instance) => instance.stop()));
    await ground?.close();
  });

  const begin = async (): Promise<string> => {
    const about = randomUUID();
    const answer = await fetch(`${instances[0]?.url}/v1/tallies/${about}/additions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify({ by: 1 }),
    });
    expect(answer.status).toBe(201);
    return about;
  };
  const expectStarted = (about: string) =>
    eventually(
      async () => {
        const types: string[] = [];
        for await (const { type } of ground.store.readStream(`tally_process-${processIdOf(counting, about)}`))
          types.push(type);
        expect(types).toEqual(['ProcessStarted', 'ProcessStepTaken']);
      },
      { timeoutMs: 40_000 },
    );

  it('is started by events from before, and by those that an instance of the release before has seen as well', async () => {
    const abouts = [await begin(), await begin()];
    await start(release);
    for (let count = 0; count < 12; count += 1) {
      abouts.push(await begin());
      await pause(150);
    }
    for (const about of abouts) await expectStarted(about);
  }, 120_000);
});
