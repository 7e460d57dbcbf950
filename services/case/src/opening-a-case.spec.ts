import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { topicOf } from '@waymark/contracts';
import { type Bus, derivedId, type Message } from '@waymark/messaging';
import { messageCall } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { concernAccepted, eventsOf, newConcern, openCaseFor } from './accepted-concern.fixture.js';
import { OpenCase } from './case/features/open-case.js';
import { caseService } from './case.service.js';

describe('a case for an accepted concern', () => {
  let stage: Stage;
  let intakeBus: Bus;
  beforeAll(async () => {
    stage = await startStage({ services: [caseService], logLevel: 'error' });
    intakeBus = stage.busOf('intake');
  });
  afterAll(() => stage?.close());

  const publish = (...messages: Message[]) => intakeBus.publish(topicOf('intake'), messages);
  const settled = (message: Message) =>
    eventually(async () => {
      const rows = await stage.query('case', 'SELECT 1 FROM inbox WHERE message_id = $1', [message.id]);
      return rows.length === 1;
    });

  it('is found by its concern, at its first stage, with the officer who accepted as its team', async () => {
    const { caseId, concernId, clientId } = await openCaseFor(stage, intakeBus);
    const amina = stage.idOf('amina.officer');
    const found = await stage.ask('case', 'GET', `/v1/cases?concernId=${concernId}`, { as: 'amina.officer' });
    expect(found.body).toEqual({
      items: [
        {
          caseId,
          concernId,
          caseCode: expect.stringMatching(/^[2-9A-Z]{4}-[2-9A-Z]{4}$/),
          stage: 'engagement',
          officerId: amina,
          team: [amina],
          openedAt: stage.clock.now(),
        },
      ],
    });
    const { body } = await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: 'amina.officer' });
    expect(body).toMatchObject({ caseId, concernId, clientId, caseCode: found.body.items[0].caseCode });
    expect(body).not.toHaveProperty('lastRiskAssessment');
  });

  it('is opened once, though the message comes twice and another one says the same', async () => {
    const concern = newConcern(stage);
    const first = concernAccepted(concern);
    const second = concernAccepted({ ...concern, officerId: stage.idOf('lucia.officer') }, 2);
    await publish(first);
    await publish(first, second);
    await settled(second);
    const caseId = derivedId('case', concern.concernId);
    expect(await eventsOf(stage, caseId)).toEqual(['CaseOpened']);
    const { body } = await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as: 'amina.officer' });
    expect(body.officerId).toBe(concern.officerId);
  });

  it('is opened for a message with fields that were added later', async () => {
    const concern = newConcern(stage);
    const message = concernAccepted(concern);
    await publish({ ...message, data: { ...message.data, acceptedBecause: 'protocol' } });
    await settled(message);
    expect(await eventsOf(stage, derivedId('case', concern.concernId))).toEqual(['CaseOpened']);
  });

  it('is not opened for a message that breaks its contract: that becomes a dead letter, and others go on', async () => {
    const [broken, sound] = [newConcern(stage), newConcern(stage)];
    const message = concernAccepted(broken);
    await publish({ ...message, data: { ...message.data, clientId: 'somebody' } }, concernAccepted(sound));
    await eventually(async () => (await eventsOf(stage, derivedId('case', sound.concernId))).length === 1);
    const letters = () =>
      stage.query<{ reason: string; detail: string }>(
        'case',
        'SELECT reason, detail FROM dead_letters WHERE message_id = $1',
        [message.id],
      );
    await eventually(async () => (await letters()).length === 1);
    const [letter] = await letters();
    expect(letter).toMatchObject({ reason: 'handler_failed', detail: expect.stringContaining('/clientId') });
    expect(await eventsOf(stage, derivedId('case', broken.concernId))).toEqual([]);
  });

  it('is opened once when several messages are handled at the same moment', async () => {
    const concern = newConcern(stage);
    const commands = stage.running('case').app.get(CommandBus);
    const messages = [...Array(10).keys()].map(() => concernAccepted(concern));
    const twice = [...messages, ...messages];
    await Promise.all(twice.map((message) => commands.execute(new OpenCase(concern, messageCall('case', message)))));
    expect(await eventsOf(stage, derivedId('case', concern.concernId))).toEqual(['CaseOpened']);
  });

  it('is opened when the service was down while the concern was accepted', async () => {
    await stage.stop('case');
    const concern = newConcern(stage);
    const message = concernAccepted(concern);
    await publish(message, message);
    await stage.start('case');
    await settled(message);
    expect(await eventsOf(stage, derivedId('case', concern.concernId))).toEqual(['CaseOpened']);
  });

  it('is told to the other services, and so is every change of its team', async () => {
    const heard: Message[] = [];
    const subscription = stage.busOf('consent').subscribe({
      group: `listener-${randomUUID()}`,
      topics: [topicOf('case')],
      handle: async (message) => void heard.push(message),
      unreadable: async () => undefined,
    });
    const { caseId, concernId, clientId } = await openCaseFor(stage, intakeBus);
    const [amina, lucia] = [stage.idOf('amina.officer'), stage.idOf('lucia.officer')];
    const command = (path: string, body: object) =>
      stage.ask('case', 'POST', `/v1/cases/${caseId}/${path}`, { as: 'ingrid.supervisor', body });
    await command('team-members', { staffId: lucia });
    await command('officer', { officerId: lucia });
    await command('team-members', { staffId: amina });
    await command(`team-members/${amina}/removal`, {});
    const mine = await eventually(() => {
      const about = heard.filter(({ subject }) => subject === caseId);
      return about.length === 6 && about;
    });
    await subscription.stop();
    const changedAt = stage.clock.now();
    const team = (...members: string[]) => ({ caseId, concernId, clientId, team: members, changedAt });
    expect(mine).toMatchObject([
      {
        type: 'case.case-opened.v1',
        sequence: 1,
        data: { caseId, concernId, clientId, officerId: amina, openedAt: changedAt },
      },
      { type: 'case.team-changed.v1', sequence: 2, data: team(amina) },
      { type: 'case.team-changed.v1', sequence: 3, data: team(amina, lucia) },
      { type: 'case.team-changed.v1', sequence: 4, data: team(lucia) },
      { type: 'case.team-changed.v1', sequence: 5, data: team(lucia, amina) },
      { type: 'case.team-changed.v1', sequence: 6, data: team(lucia) },
    ]);
  });
});
