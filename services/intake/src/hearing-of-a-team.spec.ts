import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Stage, startStage } from '@waymark/stage';
import { eventsOf, typesOf } from './intake.fixture.js';
import { intake } from './intake.service.js';
import { ToldByCase } from './told-by-case.fixture.js';

jest.setTimeout(120_000);

const [officer, colleague, other] = ['amina.officer', 'lucia.officer', 'kwame.officer'];

describe('that the team of a case has changed, as intake hears of it', () => {
  let stage: Stage;
  let case_: ToldByCase;
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'error' });
    case_ = new ToldByCase(stage, officer);
  });
  afterAll(() => stage?.close());

  const readers = async (concernId: string): Promise<readonly string[]> => {
    const asked = [officer, colleague, other].map(async (as) => {
      const { status } = await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });
      return status === 200 ? [as] : [];
    });
    return (await Promise.all(asked)).flat();
  };
  const changes = async (concernId: string): Promise<number> =>
    typesOf(await eventsOf(stage, concernId)).filter((type) => type === 'TeamOfConcernChanged').length;

  it('changes nothing before there is a case: whoever has taken the concern has it', async () => {
    const { concernId } = await case_.accepted();
    expect(await readers(concernId)).toEqual([officer]);
    const opened = case_.opened(concernId);
    await case_.tell(opened);
    await case_.heard(opened);
    expect(await readers(concernId)).toEqual([officer]);
  });

  it('is noted once, however often it is told', async () => {
    const { concernId } = await case_.accepted();
    const [first, second] = [case_.teamChanged(concernId, 2, officer), case_.teamChanged(concernId, 3, colleague)];
    await case_.tell(case_.opened(concernId), first, first, second, first, second);
    await case_.heard(second);
    expect(await changes(concernId)).toBe(2);
    await case_.tell(first);
    const last = case_.teamChanged(concernId, 4, colleague, other);
    await case_.tell(last);
    await case_.heard(last);
    expect(await changes(concernId)).toBe(3);
    expect(await readers(concernId)).toEqual([colleague, other]);
  });

  it('waits for what was told before it', async () => {
    const { concernId } = await case_.accepted();
    const [first, second] = [case_.teamChanged(concernId, 2, officer), case_.teamChanged(concernId, 3, colleague)];
    await case_.tell(case_.opened(concernId), second);
    expect(await readers(concernId)).toEqual([officer]);
    await case_.tell(first);
    await case_.heard(second);
    expect(await readers(concernId)).toEqual([colleague]);
  });

  it('is about the concern of that case alone', async () => {
    const [one, another] = [(await case_.accepted()).concernId, (await case_.accepted()).concernId];
    const [left, joined] = [case_.teamChanged(one, 2, colleague), case_.teamChanged(another, 2, officer, other)];
    await case_.tell(case_.opened(one), case_.opened(another), left, joined);
    await case_.heard(left);
    await case_.heard(joined);
    expect(await readers(one)).toEqual([colleague]);
    expect(await readers(another)).toEqual([officer, other]);
  });

  it('says nothing of a case that came of no concern', async () => {
    const { concernId } = await case_.accepted();
    const told = case_.teamChanged(concernId, 2, colleague);
    const { concernId: _none, ...data } = told.data as { readonly concernId: string };
    await case_.tell(case_.opened(concernId), { ...told, data });
    await case_.heard(told);
    expect(await changes(concernId)).toBe(0);
    expect(await readers(concernId)).toEqual([officer]);
  });
});
