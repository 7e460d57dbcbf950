import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { deskOf, eventsOf, typesOf } from './intake.fixture.js';
import { intake } from './intake.service.js';
import { ToldByCase } from './told-by-case.fixture.js';

jest.setTimeout(120_000);

const [officer, colleague] = ['amina.officer', 'lucia.officer'];

describe('that somebody has recused from a case, as intake hears of it', () => {
  let stage: Stage;
  let case_: ToldByCase;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    case_ = new ToldByCase(stage, officer);
  });
  afterAll(() => stage?.close());

  const recusals = async (concernId: string): Promise<number> =>
    typesOf(await eventsOf(stage, concernId)).filter((type) => type === 'OfficerRecusedFromConcern').length;
  const read = (concernId: string, as: string) => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });

  it('is noted once, however often it is told and by however many messages', async () => {
    const { concernId } = await case_.accepted();
    const [first, again] = [case_.recused(concernId), case_.recused(concernId, 3)];
    await case_.tell(case_.opened(concernId), first, first, again, first);
    await case_.heard(again);
    expect(await recusals(concernId)).toBe(1);
    expect(await read(concernId, officer)).toMatchObject({ status: 404 });
  });

  it('waits for what was told before it, and then bites', async () => {
    const { concernId } = await case_.accepted();
    const told = case_.recused(concernId);
    await case_.tell(told);
    expect(await read(concernId, officer)).toMatchObject({ status: 200 });
    await case_.tell(case_.opened(concernId));
    await case_.heard(told);
    expect(await read(concernId, officer)).toMatchObject({ status: 404 });
  });

  it('wins over being given the concern at the same moment, whichever comes first', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { concernId } = await case_.accepted();
      const [away, both] = [case_.recused(concernId, 2, colleague), case_.recused(concernId, 3)];
      await case_.tell(case_.opened(concernId), away);
      const given = { as: 'ingrid.supervisor', body: { officerId: stage.idOf(colleague) } };
      const [answer] = await Promise.all([
        stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, given),
        case_.tell(both),
      ]);
      expect([200, 409]).toContain(answer.status);
      await case_.heard(both);
      for (const who of [officer, colleague]) expect(await read(concernId, who)).toMatchObject({ status: 404 });
      expect(await recusals(concernId)).toBe(2);
    }
  });

  it('leaves the reporter what is theirs', async () => {
    const raised = await case_.accepted();
    const told = case_.recused(raised.concernId);
    await case_.tell(case_.opened(raised.concernId), told);
    await case_.heard(told);
    expect(await deskOf(stage).myConcern(raised.receipt)).toMatchObject({ concernId: raised.concernId });
  });
});
