import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigError, startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { concern, deskOf, eventsOf } from './intake.fixture.js';
import { intake } from './intake.service.js';

const [alternate, supervisor] = ['beatriz.officer', 'ingrid.supervisor'];
const shuttingOut = (changed: object) => ({ exclusions: { people: [], roles: [], units: [], ...changed } });
const allOfficers = shuttingOut({ roles: ['officer'] });

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

  it('a reporter who shuts out the desk is refused, and whoever operates it is told before that', async () => {
    expect(lines.filter((line) => line.includes('ALTERNATE_DESK is not set'))).toHaveLength(1);
    expect(await alarm()).toBe('1');
    for (const shutOut of [{ units: ['support_desk'] }, { roles: ['officer', 'supervisor'] }]) {
      const body = { ...concern, ...shuttingOut(shutOut) };
      expect(await stage.ask('intake', 'POST', '/v1/concerns', { body })).toMatchObject({
        status: 422,
        body: { code: 'invalid_input', errors: [{ field: 'exclusions', rule: 'leavesSomebody' }] },
      });
    }
  });

  it('one who shuts out all officers is answered by the supervisors', async () => {
    const { concernId } = await desk.submit(allOfficers);
    expect((await eventsOf(stage, concernId))[0]?.data).not.toHaveProperty('desk');
    expect(await queueOf('amina.officer')).not.toContain(concernId);
    expect(await queueOf(supervisor)).toContain(concernId);
    await desk.accept(concernId, supervisor);
  });

  it('everybody of the role is at the desk, of whichever unit', async () => {
    const { concernId } = await desk.submit();
    for (const as of [supervisor, alternate]) expect(await queueOf(as)).toContain(concernId);
    await desk.accept(concernId, alternate);
  });

  it('from the day on when there is one, a concern that shuts out all officers is there for it alone', async () => {
    const { concernId } = await desk.submit(allOfficers);
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
