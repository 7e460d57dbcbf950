import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { deskOf, eventsOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

const [alternate, supervisor] = ['beatriz.officer', 'ingrid.supervisor'];
const aboutTheDesk = { exclusions: { people: [], roles: [], units: ['support_desk'] } };

describe('without an alternate desk', () => {
  let stage: Stage;
  let desk: ReturnType<typeof deskOf>;
  const lines: string[] = [];
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'warn', logTo: (line) => lines.push(line) });
    desk = deskOf(stage);
  });
  afterAll(() => stage?.close());

  const queueOf = async (as: string): Promise<readonly string[]> =>
    (await stage.ask('intake', 'GET', '/v1/concerns?limit=100', { as })).body.items.map(
      (line: { concernId: string }) => line.concernId,
    );
  const alarm = async (): Promise<string | undefined> =>
    /^waymark_alternate_desk_missing.* (\d)$/m.exec((await stage.ask('intake', 'GET', '/metrics')).body)?.[1];

  it('a reporter who shuts out the desk is not refused, and whoever operates it is told before that', async () => {
    expect(lines.filter((line) => line.includes('ALTERNATE_DESK is not set'))).toHaveLength(1);
    expect(await alarm()).toBe('1');
    const { concernId } = await desk.submit(aboutTheDesk);
    expect((await eventsOf(stage, concernId))[0]?.data).not.toHaveProperty('desk');
    for (const as of [supervisor, 'amina.officer']) expect(await queueOf(as)).not.toContain(concernId);
  });

  it('everybody of the role is at the desk, of whichever unit', async () => {
    const { concernId } = await desk.submit();
    for (const as of [supervisor, alternate]) expect(await queueOf(as)).toContain(concernId);
    await desk.accept(concernId, alternate);
  });

  it('a concern waits for the day when there is one, and then is there for it alone', async () => {
    const { concernId } = await desk.submit(aboutTheDesk);
    const { concernId: ordinary } = await desk.submit();
    await stage.stop('intake');
    const environment = { ...stage.environmentOf('intake'), ALTERNATE_DESK: 'ethics_office' };
    const service = await startService(intake, { environment, clock: stage.clock });
    expect(await alarm()).toBe('0');
    expect(await queueOf(supervisor)).toContain(ordinary);
    expect(await queueOf(supervisor)).not.toContain(concernId);
    expect(await queueOf(alternate)).toContain(concernId);
    expect(await queueOf(alternate)).not.toContain(ordinary);
    await desk.accept(concernId, alternate);
    await service.stop();
  });

  it('or with one that is the desk itself or no unit, the service says what is wrong with it', async () => {
    const startWith = (ALTERNATE_DESK: string) =>
      startService(intake, { environment: { ...stage.environmentOf('intake'), ALTERNATE_DESK }, clock: stage.clock });
    for (const [unit, rule] of [
      ['support_desk', 'must differ from DESK'],
      ['the_moon', 'ALTERNATE_DESK'],
    ] as const) {
      const refusal = await startWith(unit).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(ConfigError);
      expect(String(refusal)).toContain(rule);
    }
  });
});
