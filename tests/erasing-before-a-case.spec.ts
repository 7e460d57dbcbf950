import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

const officer = 'amina.officer';
const [accused, other] = ['ingrid.supervisor', 'tomas.supervisor'];
const [alternate, alternateSupervisor] = ['beatriz.officer', 'samuel.supervisor'];

describe('a client who asks to be erased before there is a case', () => {
  let stage: Stage;
  beforeAll(async () => {
    const environment = { ALTERNATE_DESK: 'ethics_office' };
    stage = await startStage({ services: [intake, consent], logLevel: 'error', environment });
  });
  afterAll(() => stage?.close());

  const post = (service: string, path: string, as: string, body: object = {}) =>
    stage.ask(service, 'POST', path, { as, body });
  /** Somebody else told of them; they were given a receipt of their own, and ask with it. */
  const asked = async (exclusions: object, entered = officer): Promise<string> => {
    const contact = { channel: 'helpline', contact: { at: stage.clock.now(), precision: 'minute' } };
    const told = { kind: 'concern_report', identity: 'confidential', reporterRelation: 'witness', language: 'en' };
    const about = { matter: ['retaliation'], immediateDanger: false, narrative: 'Somebody I work with.' };
    const body = { ...contact, ...told, ...about, exclusions: { people: [], roles: [], units: [], ...exclusions } };
    const { concernId } = (await post('intake', '/v1/contacts', entered, body)).body;
    await post('intake', `/v1/concerns/${concernId}/allocation`, entered);
    const { receipt } = (await post('intake', `/v1/concerns/${concernId}/client-receipt`, entered)).body;
    const { token } = (await stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt } })).body;
    expect(await stage.ask('consent', 'POST', '/v1/my-erasure', { token })).toMatchObject({ status: 201 });
    const { events } = await stage.log.readAll({ after: 0n, categories: ['consent'] });
    const requests = events.filter(({ type }) => type === 'ErasureRequested');
    return String((requests.at(-1)?.data as { clientId: string }).clientId);
  };
  const waitsFor = async (as: string): Promise<readonly string[]> =>
    (await stage.ask('consent', 'GET', '/v1/approvals', { as })).body.items.map(
      ({ clientId }: { clientId: string }) => clientId,
    );
  const missing = { status: 404, body: { code: 'not_found' } };
  const staysHiddenFrom = async (as: string, clientId: string): Promise<void> => {
    const client = `/v1/clients/${clientId}`;
    expect(await waitsFor(as)).not.toContain(clientId);
    expect(await stage.ask('consent', 'GET', `${client}/erasure`, { as })).toMatchObject(missing);
    expect(await post('consent', `${client}/erasure-approval`, as)).toMatchObject(missing);
    expect(await post('consent', `${client}/erasure-decline`, as, { reason: 'kept_by_obligation' })).toMatchObject(
      missing,
    );
    expect(await post('consent', `${client}/legal-holds`, as, { basis: 'investigation' })).toMatchObject(missing);
  };

  it('waits for nobody whom the reporter shut out, and nobody else is kept from it', async () => {
    const clientId = await asked({ people: [stage.idOf(accused)] });
    await staysHiddenFrom(accused, clientId);
    expect(await waitsFor(other)).toContain(clientId);
    expect(await post('consent', `/v1/clients/${clientId}/erasure-approval`, other)).toMatchObject({ status: 200 });
    await staysHiddenFrom(accused, clientId);
  });

  it('waits for whoever may decide, where the reporter shut out nobody', async () => {
    const clientId = await asked({});
    for (const as of [accused, other]) expect(await waitsFor(as)).toContain(clientId);
    await staysHiddenFrom(alternateSupervisor, clientId);
  });

  it('waits for nobody at the desk when the matter is the desk’s own', async () => {
    const clientId = await asked({ units: ['support_desk'] }, alternate);
    for (const as of [accused, other]) await staysHiddenFrom(as, clientId);
    expect(await waitsFor(alternateSupervisor)).toContain(clientId);
  });

  describe('who reported for themself', () => {
    const told = (exclusions: object = {}) => ({
      ...{ kind: 'concern_report', identity: 'confidential', reporterRelation: 'affected_person', language: 'en' },
      ...{ matter: ['retaliation'], immediateDanger: false, narrative: 'It is about me.' },
      exclusions: { people: [], roles: [], units: [], ...exclusions },
    });
    const raised = async (exclusions?: object) => {
      const { body } = await stage.ask('intake', 'POST', '/v1/concerns', { body: told(exclusions) });
      const session = await stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt: body.receipt } });
      return { concernId: body.concernId, token: session.body.token };
    };
    const mine = async (token: string) => (await stage.ask('consent', 'GET', '/v1/my-erasure', { token })).body;
    const asks = async (token: string) => {
      const answer = await stage.ask('intake', 'POST', '/v1/my-concern/erasure-requests', { token });
      expect(answer).toMatchObject({ status: 201, body: { status: 'requested' } });
      await eventually(async () => expect(await mine(token)).toMatchObject({ status: 'requested', way: 'receipt' }));
    };
    const clientOf = async (concernId: string): Promise<string> => {
      for await (const { data } of stage.log.readStream(`concern-${concernId}`))
        return (data as { clientId: string }).clientId;
      throw new Error('no such concern');
    };

    it('asks with their own receipt, takes it back, asks again, and is erased once somebody has approved', async () => {
      const { concernId, token } = await raised();
      await asks(token);
      expect(await stage.ask('consent', 'POST', '/v1/my-erasure/withdrawal', { token })).toMatchObject({ status: 200 });
      expect(await mine(token)).toMatchObject({ status: 'withdrawn' });
      await asks(token);
      const clientId = await clientOf(concernId);
      expect(await waitsFor(other)).toContain(clientId);
      expect(await post('consent', `/v1/clients/${clientId}/erasure-approval`, other)).toMatchObject({ status: 200 });
      await eventually(async () => {
        await post('intake', `/v1/concerns/${concernId}/allocation`, officer);
        const { body } = await stage.ask('intake', 'GET', `/v1/concerns/${concernId}`, { as: officer });
        expect(body.erased.toSorted()).toEqual(['client', 'reporter']);
        expect(body.account).not.toHaveProperty('narrative');
      });
    });

    it('asks for it by an officer, and whoever they shut out neither finds nor decides it', async () => {
      const { concernId, token } = await raised({ people: [stage.idOf(accused)] });
      await post('intake', `/v1/concerns/${concernId}/allocation`, officer);
      const request = `/v1/concerns/${concernId}/reporter-erasure-requests`;
      expect(await post('intake', request, officer, { way: 'oral' })).toMatchObject({ status: 201 });
      await eventually(async () => expect(await mine(token)).toMatchObject({ status: 'requested', way: 'oral' }));
      const clientId = await clientOf(concernId);
      await staysHiddenFrom(accused, clientId);
      expect(await waitsFor(other)).toContain(clientId);
    });
  });

  it('tells by what stands in the log not how many are shut out', async () => {
    await asked({});
    await asked({ people: [stage.idOf(accused), stage.idOf(officer)], roles: ['auditor'] }, 'kwame.officer');
    const { events } = await stage.log.readAll({ after: 0n, categories: ['consent'] });
    const marks = events
      .filter(({ type }) => type === 'ErasureRequested')
      .map(({ data }) => (data as { reporterOf: { shutOut: string[] } }).reporterOf.shutOut);
    expect(marks.slice(-2).map((each) => each.length)).toEqual([16, 16]);
  });
});
