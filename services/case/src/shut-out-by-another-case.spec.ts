import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { consentMessages, intakeMessages, type LinkOutcome, topicOf } from '@waymark/contracts';
import { type Bus, derivedId, type Message } from '@waymark/messaging';
import type { ShutOut } from '@waymark/service-kit';
import { marksOf, type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { concernAccepted, newConcern, type OpenedCase } from './accepted-concern.fixture.js';
import { caseService } from './case.service.js';

const officer = 'amina.officer';
const [supervisor, other] = ['ingrid.supervisor', 'tomas.supervisor'];
const accused = 'kwame.officer';

describe('whom the reporter of one case of a client shuts out', () => {
  let stage: Stage;
  let intakeBus: Bus;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
    intakeBus = stage.busOf('intake');
  });
  afterAll(() => stage?.close());

  const open = async (clientId: string, excluded: Partial<ShutOut> = {}): Promise<OpenedCase> => {
    const concern = { ...newConcern(stage, officer), clientId };
    const shutOut = marksOf(stage, concern.concernId, excluded);
    const marked = shutOut.length > 0 ? { ...concern, shutOut } : concern;
    await intakeBus.publish(topicOf('intake'), [concernAccepted(marked)]);
    const opened = { ...concern, caseId: derivedId('case', concern.concernId) };
    await eventually(async () => expect(await listOf(officer, clientId)).toContain(opened.caseId));
    return opened;
  };
  const link = async ({ concernId, clientId, caseId }: OpenedCase, earlierClientId: string): Promise<void> => {
    const data = { concernId, clientId, earlierClientId, linkId: randomUUID(), of: 'case' };
    const message = { ...concernAccepted(newConcern(stage), 2), type: intakeMessages.linkRequested.type };
    await intakeBus.publish(topicOf('intake'), [{ ...message, subject: concernId, data }]);
    await eventually(async () => expect(await listOf(officer, earlierClientId)).toContain(caseId));
  };
  /** Consent says what became of a link between two clients, of whom neither needs a case. */
  const answer = async (clientId: string, earlierClientId: string, outcome: LinkOutcome = 'linked'): Promise<void> => {
    const { concernId } = newConcern(stage);
    const message = {
      ...concernAccepted(newConcern(stage)),
      ...{ source: '/waymark/consent', type: consentMessages.linkAnswered.type, subject: clientId },
      data: { clientId, earlierClientId, concernId, linkId: randomUUID(), outcome },
    };
    await stage.busOf('consent').publish(topicOf('consent'), [message]);
    await heardOf(message);
  };
  const heardOf = ({ id }: Message) =>
    eventually(async () =>
      expect(await stage.query('case', 'SELECT 1 FROM inbox WHERE message_id = $1', [id])).toHaveLength(1),
    );
  const ask = (method: 'GET' | 'POST', { caseId }: OpenedCase, as: string, path = '', body: object = {}) =>
    stage.ask('case', method, `/v1/cases/${caseId}${path}`, { as, body });
  const listOf = async (as: string, clientId: string): Promise<readonly string[]> =>
    (await stage.ask('case', 'GET', `/v1/cases?clientId=${clientId}`, { as })).body.items.map(
      ({ caseId }: OpenedCase) => caseId,
    );
  const people = (...who: readonly string[]) => ({ people: who.map(stage.idOf) });
  const joining = (target: OpenedCase) =>
    Promise.all([
      ask('POST', target, supervisor, '/team-members', { staffId: stage.idOf(accused) }),
      ask('POST', target, supervisor, '/officer', { officerId: stage.idOf(accused) }),
    ]);
  const personShutOut = { status: 409, body: { code: 'person_shut_out' } };
  const missing = { status: 404, body: { code: 'not_found' } };

  it('is brought onto the team of no other case of theirs, once the two clients are linked', async () => {
    const before = await open(randomUUID());
    const again = await open(randomUUID(), people(accused));
    await link(again, before.clientId);
    for (const target of [before, again])
      for (const refused of await joining(target)) expect(refused).toMatchObject(personShutOut);
    expect(await ask('GET', before, officer)).toMatchObject({ status: 200, body: { team: [stage.idOf(officer)] } });
  });

  it('is brought onto it while nothing is linked, and is out with the link', async () => {
    const before = await open(randomUUID());
    const again = await open(randomUUID(), people(accused));
    const member = { staffId: stage.idOf(accused) };
    expect(await ask('POST', before, supervisor, '/team-members', member)).toMatchObject({ status: 200 });
    expect(await ask('GET', before, accused)).toMatchObject({ status: 200 });
    await link(again, before.clientId);
    expect(await ask('GET', before, accused)).toMatchObject(missing);
    expect(await ask('POST', before, accused, '/stage', { stage: 'planning' })).toMatchObject(missing);
    expect(await listOf(accused, before.clientId)).toEqual([]);
  });

  it('finds none of them: neither by id nor in the list nor under broken glass, as a supervisor or by their role', async () => {
    const clientId = randomUUID();
    const named = await open(clientId);
    await open(clientId, people(supervisor, accused));
    expect(await ask('GET', named, supervisor)).toMatchObject(missing);
    expect(await listOf(supervisor, clientId)).toEqual([]);
    const glass = { purpose: 'vital_interest', reason: 'She cannot be found.', hours: 1 };
    expect(await ask('POST', named, accused, '/emergency-accesses', glass)).toMatchObject(missing);
    expect(await ask('GET', named, other)).toMatchObject({ status: 200 });
    expect(await listOf(other, clientId)).toHaveLength(2);
    await open(clientId, { roles: ['supervisor'] });
    expect(await ask('GET', named, other)).toMatchObject(missing);
    expect(await listOf(other, clientId)).toEqual([]);
    expect(await ask('GET', named, officer)).toMatchObject({ status: 200 });
  });

  it('is out of a case under an id that another case of theirs stood under before', async () => {
    const [first, second, third] = [
      await open(randomUUID()),
      await open(randomUUID()),
      await open(randomUUID(), people(accused)),
    ];
    await link(third, second.clientId);
    await link(second, first.clientId);
    for (const refused of await joining(first)) expect(refused).toMatchObject(personShutOut);
  });

  describe('where somebody in between has no case', () => {
    it.each(['from the latest on', 'from the earliest on'])('is out of the first one too, linked %s', async (order) => {
      const [first, between] = [await open(randomUUID()), randomUUID()];
      const member = { staffId: stage.idOf(accused) };
      expect(await ask('POST', first, supervisor, '/team-members', member)).toMatchObject({ status: 200 });
      const last = await open(randomUUID(), people(accused));
      const links = [() => answer(last.clientId, between), () => answer(between, first.clientId)];
      for (const linkUp of order === 'from the latest on' ? links : links.toReversed()) {
        expect(await ask('GET', first, accused)).toMatchObject({ status: 200 });
        await linkUp();
      }
      for (const path of ['', '/notes']) expect(await ask('GET', first, accused, path)).toMatchObject(missing);
      expect(await listOf(accused, first.clientId)).toEqual([]);
      for (const target of [first, last])
        for (const refused of await joining(target)) expect(refused).toMatchObject(personShutOut);
      expect(await listOf(officer, first.clientId)).toEqual([first.caseId]);
    });

    it('is out of all that two links lead to that were answered at once, each of the other', async () => {
      const [first, last] = [await open(randomUUID()), await open(randomUUID(), people(accused))];
      await Promise.all([answer(first.clientId, last.clientId), answer(last.clientId, first.clientId)]);
      for (const refused of await joining(first)) expect(refused).toMatchObject(personShutOut);
    });

    it('stays in the first where a link was refused', async () => {
      const [first, between] = [await open(randomUUID()), randomUUID()];
      const last = await open(randomUUID(), people(accused));
      await answer(last.clientId, between);
      await answer(between, first.clientId, 'refused');
      const member = { staffId: stage.idOf(accused) };
      expect(await ask('POST', first, supervisor, '/team-members', member)).toMatchObject({ status: 200 });
      expect(await ask('GET', first, accused)).toMatchObject({ status: 200 });
    });
  });

  it('stays at the desk with a case of the desk, though another of the client is about the desk itself', async () => {
    const clientId = randomUUID();
    const ofTheDesk = await open(clientId, { alternateDesk: { unit: 'ethics_office', owns: false } });
    const concern = { ...newConcern(stage), clientId };
    const shutOut = marksOf(stage, concern.concernId, { alternateDesk: { unit: 'ethics_office', owns: true } });
    const accepted = concernAccepted({ ...concern, shutOut });
    await intakeBus.publish(topicOf('intake'), [accepted]);
    await heardOf(accepted);
    await stage.ask('case', 'GET', `/v1/cases?concernId=${concern.concernId}`, { as: supervisor });
    expect(await ask('GET', ofTheDesk, officer)).toMatchObject({ status: 200 });
    expect(await listOf(officer, clientId)).toEqual([ofTheDesk.caseId]);
  });

  it('is of no concern to the cases of other clients', async () => {
    const apart = await open(randomUUID());
    await open(randomUUID(), people(accused));
    expect(await ask('POST', apart, supervisor, '/team-members', { staffId: stage.idOf(accused) })).toMatchObject({
      status: 200,
    });
  });
});
