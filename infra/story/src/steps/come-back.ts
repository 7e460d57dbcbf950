import { concernBody, readVignettes } from '@waymark/demo';
import { demand, demandStatus, type Step, type World } from '../world.js';
import type { Answer } from '../http.js';
import { storyVignette } from './raise-concern.js';

const wrongReceipts = 14;

/** Opens a session; waits as told when the throttle asks for it. */
export async function openSession(world: World, receipt: string): Promise<Answer> {
  for (;;) {
    const answer = await world.http.post('intake', '/v1/receipt-sessions', { body: { receipt } });
    if (answer.status !== 429) return answer;
    const seconds = Number(answer.headers.get('retry-after'));
    demand(seconds >= 1, 'a throttled answer does not say when to try again', answer);
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

export const comeBack: Step = {
  title:
    'With the receipt they read its status and write a second message; wrong receipts get one answer and are throttled',
  play: async (world) => {
    const { http } = world;
    const session = demandStatus(await openSession(world, world.receipt), 200, 'coming back with the receipt');
    demand(
      session.body.scope === 'reporter',
      'this reporter is not the client yet gets more than a reporter’s session',
      session,
    );
    world.reporterToken = session.body.token;
    const vignettes = await readVignettes();
    const vignette = vignettes.find(({ id }) => id === storyVignette);
    const mine = demandStatus(
      await http.get('intake', '/v1/my-concern', { token: world.reporterToken }),
      200,
      'reading the status',
    );
    demand(mine.body.status === 'received', 'the status is not "received"', mine);
    demand(
      vignette !== undefined && mine.body.narrative === concernBody(vignette).narrative,
      'the text did not come back byte for byte',
    );

    const texts = vignettes.map(({ text }) => text);
    const text =
      texts.find((each) => /\p{Extended_Pictographic}/u.test(each) && /\p{Script=Arabic}/u.test(each)) ?? texts[0];
    demandStatus(
      await http.post('intake', '/v1/my-concern/messages', { token: world.reporterToken, body: { text } }),
      201,
      'the second message',
    );
    const after = await http.get('intake', '/v1/my-concern', { token: world.reporterToken });
    demand(after.body.messages.at(-1)?.text === text, 'the second message did not come back byte for byte', after);

    const answers: Answer[] = [];
    for (let n = 0; n < wrongReceipts; n += 1) {
      const receipt = String(Math.floor(Math.random() * 1e15)).padStart(16, '9');
      answers.push(await http.post('intake', '/v1/receipt-sessions', { body: { receipt } }));
    }
    const wrong = answers.filter(({ status }) => status === 401);
    const throttled = answers.filter(({ status }) => status === 429);
    demand(wrong.length + throttled.length === wrongReceipts, 'a wrong receipt got another answer');
    demand(throttled.length > 0, 'guessing is not throttled');
    demand(
      throttled.every(({ headers }) => Number(headers.get('retry-after')) >= 1),
      'a throttled answer does not say when to try again',
    );
    demand(new Set(wrong.map(({ body }) => body.code + body.detail)).size <= 1, 'wrong receipts get different answers');
    return `${wrong.length} wrong receipts refused alike, ${throttled.length} throttled`;
  },
};
