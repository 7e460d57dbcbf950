import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { acceptedCase } from './accepted-case.fixture.js';
import { concernShuttingOut } from './shut-out.fixture.js';

jest.setTimeout(120_000);

const [officer, outside, supervisor] = ['amina.officer', 'kwame.officer', 'ingrid.supervisor'];
const safely = { method: 'phone', times: 'after 18:00', codeWord: 'the library called', leaveNoMessage: true };

describe('whoever has broken the glass of a case', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const read = (concernId: string, as: string) => stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as });
  const answers = (concernId: string, as: string, status: number) =>
    eventually(async () => expect(await read(concernId, as)).toMatchObject({ status }));
  const aCase = async (exclusions: object = {}) => {
    const concernId = await concernShuttingOut(stage, exclusions, { safeContact: safely });
    return { concernId, caseId: await acceptedCase(stage, concernId, officer) };
  };
  const breakGlass = async (caseId: string, as: string): Promise<string> => {
    const body = { purpose: 'vital_interest', reason: 'She calls, and her officer is ill.', hours: 2 };
    const answer = await stage.ask('case', 'POST', `/v1/cases/${caseId}/emergency-accesses`, { as, body });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.grantId;
  };

  it('reads in its concern how to reach the client safely, until their hours are over', async () => {
    const { concernId, caseId } = await aCase();
    expect(await read(concernId, outside)).toMatchObject({ status: 404 });
    await breakGlass(caseId, outside);
    await answers(concernId, outside, 200);
    expect((await read(concernId, outside)).body.account).toMatchObject({ safeContact: safely });
    stage.clock.advance({ hours: 1, minutes: 59 });
    expect(await read(concernId, outside)).toMatchObject({ status: 200 });
    stage.clock.advance({ minutes: 1 });
    expect(await read(concernId, outside)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  it('has each reading of the concern on record under the grant and its purpose', async () => {
    const { concernId, caseId } = await aCase();
    const grantId = await breakGlass(caseId, outside);
    await answers(concernId, outside, 200);
    const reads: Readonly<Record<string, unknown>>[] = [];
    for await (const { data, metadata } of stage.log.readStream(`intake_access-${concernId}`))
      if (metadata.actor.id === stage.idOf(outside)) reads.push({ ...data, purpose: metadata.purpose });
    const ground = `break_glass:${grantId}`;
    expect(reads).toContainEqual(expect.objectContaining({ ground, purpose: 'vital_interest', outcome: 'allowed' }));
    expect(reads.filter((each) => each.outcome === 'allowed' && each.ground !== ground)).toEqual([]);
  });

  it('has all that was read listed for who reviews it: of the case here, of the concern there, and nothing of others', async () => {
    const { concernId, caseId } = await aCase();
    const [grantId, another] = [await breakGlass(caseId, outside), await breakGlass(caseId, 'lucia.officer')];
    for (const as of [outside, 'lucia.officer']) await answers(concernId, as, 200);
    await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: outside });
    const ofCase = await stage.ask('case', 'GET', `/v1/cases/${caseId}/emergency-accesses/${grantId}`, {
      as: supervisor,
    });
    expect(ofCase).toMatchObject({ status: 200, body: { concernId, reads: [{ what: 'GetCase' }] } });
    const reviewed = (id: string, as: string, concern = concernId) =>
      stage.ask('intake', 'GET', `/v1/concerns/${concern}/emergency-accesses/${id}`, { as });
    for (const as of [supervisor, 'jonas.auditor']) {
      const { status, body } = await reviewed(grantId, as);
      expect({ status, body }).toMatchObject({
        ...{ status: 200, body: { concernId, grantId, staffId: stage.idOf(outside), purpose: 'vital_interest' } },
      });
      expect(body.reads).toEqual([{ eventId: expect.any(String), readAt: expect.any(String), what: 'GetConcern' }]);
    }
    expect((await reviewed(another, supervisor)).body.reads).toHaveLength(1);
    expect(await reviewed(caseId, supervisor)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await reviewed(grantId, supervisor, (await aCase()).concernId)).toMatchObject({ status: 404 });
    expect(await reviewed(grantId, outside)).toMatchObject({ status: 403 });
  });

  it('handles nothing in it', async () => {
    const { concernId, caseId } = await aCase();
    await breakGlass(caseId, outside);
    await answers(concernId, outside, 200);
    const told = { as: outside, body: { text: 'I take over.' } };
    const answer = await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/messages`, told);
    expect(answer).toMatchObject({ status: 409, body: { code: 'concern_not_allocated_to_you' } });
  });

  describe('names it as the earlier one of nobody who comes again, since consents and case would come with it for good', () => {
    const raisedAndTakenBy = async (as: string): Promise<string> => {
      const concernId = await concernShuttingOut(stage, {});
      expect(await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/allocation`, { as })).toMatchObject({
        status: 200,
      });
      return concernId;
    };
    const link = (own: string, earlierConcernId: string, as: string) =>
      stage.ask('intake', 'POST', `/v1/concerns/${own}/client-link`, { as, body: { earlierConcernId } });
    const refused = {
      status: 409,
      body: { code: 'earlier_concern_under_glass', errors: [{ field: 'earlierConcernId' }] },
    };
    const notFound = { status: 404, body: { code: 'not_found' } };

    it('and is told so while they read it, and nothing of it before and afterwards', async () => {
      const { concernId, caseId } = await aCase();
      const own = await raisedAndTakenBy(outside);
      expect(await link(own, concernId, outside)).toMatchObject(notFound);
      await breakGlass(caseId, outside);
      await answers(concernId, outside, 200);
      expect(await link(own, concernId, outside)).toMatchObject(refused);
      stage.clock.advance({ hours: 2 });
      expect(await link(own, concernId, outside)).toMatchObject(notFound);
      expect((await read(own, outside)).body.link).toBeUndefined();
    });

    it('until they are on the team of its case, though the hours still run', async () => {
      const { concernId, caseId } = await aCase();
      const own = await raisedAndTakenBy(outside);
      await breakGlass(caseId, outside);
      await answers(concernId, outside, 200);
      await join(caseId, outside);
      await eventually(async () => expect(await link(own, concernId, outside)).toMatchObject({ status: 200 }));
    });

    it('nor is it told of to those among them who have recused', async () => {
      const { concernId, caseId } = await aCase();
      const own = await raisedAndTakenBy(outside);
      await breakGlass(caseId, outside);
      await answers(concernId, outside, 200);
      await join(caseId, outside);
      const recusal = { as: outside, body: { reason: 'We share an office.' } };
      expect(await stage.ask('case', 'POST', `/v1/cases/${caseId}/recusal`, recusal)).toMatchObject({ status: 200 });
      await answers(concernId, outside, 404);
      expect(await link(own, concernId, outside)).toMatchObject(notFound);
    });

    it('while a supervisor, who reads it without, may', async () => {
      const { concernId } = await aCase();
      const own = await raisedAndTakenBy(supervisor);
      expect(await link(own, concernId, supervisor)).toMatchObject({ status: 200 });
    });
  });

  it('reads no other concern, and after a review not this one either', async () => {
    const [one, other] = [await aCase(), await aCase()];
    const grantId = await breakGlass(one.caseId, outside);
    await answers(one.concernId, outside, 200);
    expect(await read(other.concernId, outside)).toMatchObject({ status: 404 });
    const path = `/v1/cases/${one.caseId}/emergency-accesses/${grantId}/review`;
    const body = { outcome: 'justified', findings: 'She was reached.' };
    expect(await stage.ask('case', 'POST', path, { as: supervisor, body })).toMatchObject({ status: 200 });
    await answers(one.concernId, outside, 404);
  });

  it('may be an auditor or a clinician, who read no concern otherwise', async () => {
    const { concernId, caseId } = await aCase();
    for (const as of ['jonas.auditor', 'sofia.counsellor']) {
      expect(await read(concernId, as)).toMatchObject({ status: 404 });
      await breakGlass(caseId, as);
      await answers(concernId, as, 200);
    }
  });

  const join = async (caseId: string, who: string): Promise<void> => {
    const body = { staffId: stage.idOf(who) };
    const answer = await stage.ask('case', 'POST', `/v1/cases/${caseId}/team-members`, { as: supervisor, body });
    expect(answer).toMatchObject({ status: 200 });
  };
  const groundsOf = async (stream: string, who: string): Promise<readonly unknown[]> => {
    const grounds: unknown[] = [];
    for await (const { data, metadata } of stage.log.readStream(stream))
      if (metadata.actor.id === stage.idOf(who) && 'ground' in data) grounds.push(data.ground);
    return grounds;
  };

  it('may be a clinician on the team, who reads the case as one of it and the concern under the grant', async () => {
    const { concernId, caseId } = await aCase();
    const clinician = 'sofia.counsellor';
    await join(caseId, clinician);
    expect(await read(concernId, clinician)).toMatchObject({ status: 404 });
    const grantId = await breakGlass(caseId, clinician);
    await answers(concernId, clinician, 200);
    expect(await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: clinician })).toMatchObject({ status: 200 });
    expect((await groundsOf(`intake_access-${concernId}`, clinician)).at(-1)).toBe(`break_glass:${grantId}`);
    expect((await groundsOf(`case_access-${caseId}`, clinician)).at(-1)).toBe('team');
  });

  it('reads as one of the team, and on record as that, once they have joined it', async () => {
    const { concernId, caseId } = await aCase();
    await breakGlass(caseId, outside);
    await answers(concernId, outside, 200);
    await join(caseId, outside);
    await read(concernId, outside);
    await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: outside });
    expect((await groundsOf(`intake_access-${concernId}`, outside)).at(-1)).toBe('team');
    expect((await groundsOf(`case_access-${caseId}`, outside)).at(-1)).toBe('team');
  });

  it('is nobody whom the reporter shut out', async () => {
    const { concernId, caseId } = await aCase({ people: [stage.idOf(outside)] });
    const body = { purpose: 'vital_interest', reason: 'Let me in.', hours: 1 };
    const tried = await stage.ask('case', 'POST', `/v1/cases/${caseId}/emergency-accesses`, { as: outside, body });
    expect(tried).toMatchObject({ status: 404 });
    expect(await read(concernId, outside)).toMatchObject({ status: 404 });
  });
});
