import { randomUUID } from 'node:crypto';
import { concernBody, readVignettes } from '@waymark/demo';
import { demand, demandStatus, type Step } from '../world.js';

/** The matter that travels through the story: reported by somebody other than the client. */
export const storyVignette = 'V-ar-05';

export const raiseConcern: Step = {
  title: 'Somebody without an account raises a concern, anonymously, in Arabic, and gets a receipt of 16 digits, once',
  play: async (world) => {
    const vignettes = await readVignettes();
    const vignette = vignettes.find(({ id }) => id === storyVignette);
    demand(vignette !== undefined, `${storyVignette} is not among the demo messages`);
    const key = randomUUID();
    const first = demandStatus(
      await world.http.post('intake', '/v1/concerns', { body: concernBody(vignette), key }),
      201,
      'raising a concern',
    );
    demand(/^\d{16}$/.test(first.body.receipt), 'the receipt has not 16 digits', first);
    const again = demandStatus(
      await world.http.post('intake', '/v1/concerns', { body: concernBody(vignette), key }),
      201,
      'the same again after a lost answer',
    );
    demand(
      again.body.receipt === first.body.receipt && again.body.concernId === first.body.concernId,
      'the retry made another concern',
      again,
    );
    world.concernId = first.body.concernId;
    world.receipt = first.body.receipt;
    return 'the retry after a lost answer gave the same receipt';
  },
};
