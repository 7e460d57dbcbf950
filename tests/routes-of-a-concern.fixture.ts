import { expect } from '@jest/globals';
import type { Stage } from '@waymark/stage';
import { toldBy } from './shut-out.fixture.js';

type Route = readonly [method: 'GET' | 'POST', path: string, body: object];

export const unknownConcern = '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10';

const reading: readonly Route[] = [
  ['GET', '', {}],
  ['GET', '/same-contact', {}],
];
const handling: readonly Route[] = [
  ['POST', '/messages', { text: 'Once more.' }],
  ['POST', '/guidance', { avenues: ['no_action_now'], decision: 'not_now' }],
  ['POST', '/acceptance', {}],
  ['POST', '/client-link', { earlierConcernId: unknownConcern }],
  ['POST', '/client-receipt', {}],
  ['POST', '/receipt-replacements', { scope: 'reporter', reason: 'lost' }],
  ['POST', '/reporter-erasure-requests', { way: 'oral' }],
];
const allocation: Route = ['POST', '/allocation', {}];
const triage: Route = [
  ...(['POST', '/triage'] as const),
  { priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true },
];

/** Every route with the id of a concern, with a body that it takes, by what it is for. */
export const routesOfConcern = { reading, handling, all: [...reading, allocation, triage, ...handling] };

/** That somebody is answered on these routes of a concern what they are answered on those of one that does not exist. */
export async function expectNoConcern(
  stage: Stage,
  routes: readonly Route[],
  concernId: string,
  as: string,
): Promise<void> {
  for (const [method, path, body] of routes) {
    const ask = async (id: string) =>
      toldBy(await stage.ask('intake', method, `/v1/concerns/${id}${path}`, { as, body }));
    const answer = await ask(concernId);
    expect({ path, ...answer }).toMatchObject({ status: 404, rest: { code: 'not_found' } });
    expect(answer).toEqual(await ask(unknownConcern));
  }
}
