import { demand, demandStatus, type Step, until } from '../world.js';

interface QueueLine {
  readonly concernId: string;
  readonly immediateDanger: boolean;
  readonly dueAt?: string;
  readonly overdue: boolean;
  readonly escalatedTo?: string;
}

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

const call = (changes: object) => ({
  channel: 'helpline',
  kind: 'support_request',
  identity: 'confidential',
  reporterRelation: 'affected_person',
  matter: ['harassment'],
  language: 'en',
  immediateDanger: false,
  narrative: 'A call taken by the night desk.',
  ...changes,
});

export const answerInTime: Step = {
  title:
    'An officer sees the queue by time left, answers, and the clock stops; a late entry is overdue and escalated at once',
  play: async (world) => {
    const { http } = world;
    const danger = demandStatus(
      await http.post('intake', '/v1/contacts', {
        as: 'kwame.officer',
        body: call({ immediateDanger: true, contact: { at: hoursAgo(0), precision: 'minute' } }),
      }),
      201,
      'registering a call in danger',
    );
    const late = demandStatus(
      await http.post('intake', '/v1/contacts', {
        as: 'kwame.officer',
        body: call({ contact: { at: hoursAgo(25), precision: 'minute' } }),
      }),
      201,
      'registering a call of 25 hours ago',
    );
    const count = (type: string) => late.body.events.filter((each: string) => each === type).length;
    demand(
      count('FirstResponseOverdue') === 1 && count('ConcernEscalated') === 1,
      'the late entry is not overdue and escalated once',
      late,
    );

    demandStatus(await http.get('intake', '/v1/concerns'), 401, 'the queue without a token');
    const queue = await wholeQueue(world);
    const order = queue.map(({ immediateDanger, dueAt }) => `${immediateDanger ? 0 : 1} ${dueAt ?? '9'}`);
    demand(
      order.every((key, index) => index === 0 || key >= String(order[index - 1])),
      'the queue is not ordered by danger and time left',
    );
    demand(
      queue.findIndex(({ concernId }) => concernId === danger.body.concernId) >= 0,
      'the call in danger is not in the queue',
    );
    const firstCalm = queue.findIndex(({ immediateDanger }) => !immediateDanger);
    const inDanger = queue.findIndex(({ concernId }) => concernId === danger.body.concernId);
    demand(firstCalm < 0 || inDanger < firstCalm, 'danger does not stand first');
    const overdue = queue.find(({ concernId }) => concernId === late.body.concernId);
    demand(
      overdue?.overdue === true && overdue.escalatedTo !== undefined,
      'the late entry does not show as overdue and escalated',
    );
    demand(
      queue.every((line) => !('narrative' in line) && !('matter' in line)),
      'the queue tells more than clock, language, priority and place',
    );

    const id = world.concernId;
    demandStatus(
      await http.get('intake', `/v1/concerns/${id}`, { as: 'amina.officer' }),
      404,
      'reading before taking it',
    );
    demandStatus(
      await http.post('intake', `/v1/concerns/${id}/allocation`, { as: 'amina.officer' }),
      200,
      'taking the concern',
    );
    const read = demandStatus(
      await http.get('intake', `/v1/concerns/${id}`, { as: 'amina.officer' }),
      200,
      'reading the concern',
    );
    demand(read.body.dueAt !== undefined, 'the clock does not run', read);
    world.clientId = read.body.clientId;
    demandStatus(
      await http.get('intake', `/v1/concerns/${id}`, { as: 'lucia.officer' }),
      404,
      'another officer reading it',
    );
    const text = 'شكرًا لثقتك. أنا هنا لأصغي إليك. 🌿';
    const answered = demandStatus(
      await http.post('intake', `/v1/concerns/${id}/messages`, { as: 'amina.officer', body: { text } }),
      200,
      'answering',
    );
    demand(answered.body.events.includes('FirstResponseGiven'), 'the answer did not stop the clock', answered);
    const stopped = await http.get('intake', `/v1/concerns/${id}`, { as: 'amina.officer' });
    demand(stopped.body.dueAt === undefined, 'the clock still runs', stopped);
    await until('the concern leaves the queue', 10, async () =>
      (await wholeQueue(world)).some(({ concernId }) => concernId === id) ? undefined : true,
    );
    for (const [concern, officer] of [
      [danger.body.concernId, 'kwame.officer'],
      [late.body.concernId, 'kwame.officer'],
    ] as const) {
      demandStatus(
        await http.post('intake', `/v1/concerns/${concern}/allocation`, { as: officer }),
        200,
        'taking a call',
      );
      const response = { response: { at: new Date().toISOString(), precision: 'minute' } };
      demandStatus(
        await http.post('intake', `/v1/concerns/${concern}/first-response`, { as: officer, body: response }),
        200,
        'calling back',
      );
    }
    return `${queue.length} waiting, danger first`;

    async function wholeQueue(of: typeof world): Promise<readonly QueueLine[]> {
      const { items, last } = await of.http.all('intake', '/v1/concerns', { as: 'amina.officer' });
      demandStatus(last, 200, 'the queue');
      return items;
    }
  },
};
