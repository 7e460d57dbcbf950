import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { acceptedCase } from './accepted-case.fixture.js';
import { heardOfTeam } from './heard-by-a-concern.fixture.js';
import { expectNoConcern, routesOfConcern } from './routes-of-a-concern.fixture.js';

jest.setTimeout(120_000);

const [officer, successor, colleague] = ['amina.officer', 'lucia.officer', 'kwame.officer'];
const [supervisor, clinician, atEthics] = ['ingrid.supervisor', 'marek.clinician', 'beatriz.officer'];

const witness = {
  ...{ kind: 'concern_report', identity: 'confidential', reporterRelation: 'witness', matter: ['retaliation'] },
  ...{ language: 'en', immediateDanger: true, narrative: 'He waits for her at the gate.' },
};

describe('the concern that a case came of', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const ask = (method: 'GET' | 'POST', concernId: string, as: string, path = '', body: object = {}) =>
    stage.ask('intake', method, `/v1/concerns/${concernId}${path}`, { as, body });
  const read = (concernId: string, as: string) => ask('GET', concernId, as);
  const write = (concernId: string, as: string, text = 'I am here now.') =>
    ask('POST', concernId, as, '/messages', { text });
  const team = async (caseId: string, path: string, body: object = {}): Promise<void> => {
    const answer = await stage.ask('case', 'POST', `/v1/cases/${caseId}/${path}`, { as: supervisor, body });
    expect(answer).toMatchObject({ status: 200 });
  };
  const aCase = async () => {
    const { body } = await stage.ask('intake', 'POST', '/v1/concerns', { body: witness });
    const { concernId, receipt } = body;
    const caseId = await acceptedCase(stage, concernId, officer);
    await heardOfTeam(stage, concernId, officer);
    return { concernId: String(concernId), receipt: String(receipt), caseId };
  };
  const handedOver = async () => {
    const handed = await aCase();
    await team(handed.caseId, 'officer', { officerId: stage.idOf(successor) });
    await heardOfTeam(stage, handed.concernId, successor);
    return handed;
  };

  it('is read by its new officer, who answers whoever reported', async () => {
    const { concernId, receipt } = await handedOver();
    expect((await read(concernId, successor)).body.account).toMatchObject({ narrative: witness.narrative });
    expect(await write(concernId, successor)).toMatchObject({ status: 200 });
    const session = await stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt } });
    const mine = await stage.ask('intake', 'GET', '/v1/my-concern', { token: session.body.token });
    expect(mine.body.messages.at(-1)).toMatchObject({ from: 'officer', text: 'I am here now.' });
  });

  it('is on record as read by somebody of its team', async () => {
    const { concernId } = await handedOver();
    await read(concernId, successor);
    const reads: unknown[] = [];
    for await (const { data, metadata } of stage.log.readStream(`intake_access-${concernId}`))
      if (metadata.actor.id === stage.idOf(successor)) reads.push({ ...data, purpose: metadata.purpose });
    const asTeam = { what: 'GetConcern', ground: 'team', purpose: 'accompaniment', outcome: 'allowed' };
    expect(reads).toContainEqual(expect.objectContaining(asTeam));
  });

  it('does not exist for its former officer who asks to read it, and is no longer theirs to handle', async () => {
    const { concernId } = await handedOver();
    await expectNoConcern(stage, routesOfConcern.reading, concernId, officer);
    for (const [method, path, body] of routesOfConcern.handling)
      expect({ path, ...(await ask(method, concernId, officer, path, body)) }).toMatchObject({
        ...{ path, status: 409, body: { code: 'concern_not_allocated_to_you' } },
      });
  });

  it('is taken back by nobody who has left, and given to nobody who is not on the team', async () => {
    const { concernId } = await handedOver();
    const refused = { status: 409, body: { code: 'officer_excluded' } };
    for (const outside of [officer, colleague]) {
      expect(await ask('POST', concernId, outside, '/allocation')).toMatchObject(refused);
      const body = { officerId: stage.idOf(outside) };
      expect(await ask('POST', concernId, supervisor, '/allocation', body)).toMatchObject(refused);
    }
    expect(await read(concernId, officer)).toMatchObject({ status: 404 });
    expect(await ask('POST', concernId, successor, '/allocation')).toMatchObject({ status: 200 });
  });

  it('is not said in the queue to be with somebody who has left', async () => {
    const { concernId } = await handedOver();
    await eventually(async () => {
      const { body } = await stage.ask('intake', 'GET', '/v1/concerns?waitingFor=any&limit=100', { as: colleague });
      const line = body.items.find((each: { concernId: string }) => each.concernId === concernId);
      expect(line).toMatchObject({ concernId, status: 'accepted' });
      expect(line).not.toHaveProperty('officerId');
    });
  });

  it('is read and answered by a member who joins, beside its officer, until they are removed', async () => {
    const { concernId, caseId } = await aCase();
    expect(await read(concernId, colleague)).toMatchObject({ status: 404 });
    await team(caseId, 'team-members', { staffId: stage.idOf(colleague) });
    await heardOfTeam(stage, concernId, officer, colleague);
    for (const member of [officer, colleague]) {
      expect(await read(concernId, member)).toMatchObject({ status: 200 });
      expect(await write(concernId, member)).toMatchObject({ status: 200 });
    }
    await team(caseId, `team-members/${stage.idOf(colleague)}/removal`);
    await heardOfTeam(stage, concernId, officer);
    await expectNoConcern(stage, routesOfConcern.reading, concernId, colleague);
    expect(await write(concernId, colleague)).toMatchObject({ status: 409 });
    expect(await read(concernId, officer)).toMatchObject({ status: 200 });
  });

  it('gives the client a receipt through any officer of its team, and another for one that is lost', async () => {
    const { concernId } = await handedOver();
    const lost = { scope: 'client', reason: 'lost' };
    expect(await ask('POST', concernId, officer, '/client-receipt')).toMatchObject({ status: 409 });
    expect(await ask('POST', concernId, successor, '/client-receipt')).toMatchObject({ status: 201 });
    expect(await ask('POST', concernId, successor, '/receipt-replacements', lost)).toMatchObject({ status: 201 });
  });

  it('stays closed to a clinician of the team: whoever reported came to the officers in confidence', async () => {
    const { concernId, caseId } = await aCase();
    await team(caseId, 'team-members', { staffId: stage.idOf(clinician) });
    await heardOfTeam(stage, concernId, officer, clinician);
    await expectNoConcern(stage, routesOfConcern.reading.slice(0, 1), concernId, clinician);
    expect(await write(concernId, clinician)).toMatchObject({ status: 403 });
  });

  it('does not exist for whoever is shut out with their unit, also when they are on the team', async () => {
    const exclusions = { people: [], roles: [], units: ['ethics_office'] };
    const { body } = await stage.ask('intake', 'POST', '/v1/concerns', { body: { ...witness, exclusions } });
    const caseId = await acceptedCase(stage, body.concernId, officer);
    await team(caseId, 'team-members', { staffId: stage.idOf(atEthics) });
    await heardOfTeam(stage, body.concernId, officer, atEthics);
    await expectNoConcern(stage, routesOfConcern.all, body.concernId, atEthics);
  });

  it('of one case is none of the team of another', async () => {
    const [one, another] = [await handedOver(), await aCase()];
    expect(await read(one.concernId, officer)).toMatchObject({ status: 404 });
    expect(await read(another.concernId, officer)).toMatchObject({ status: 200 });
    expect(await read(another.concernId, successor)).toMatchObject({ status: 404 });
  });
});
