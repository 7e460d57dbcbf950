import { expect } from '@jest/globals';
import type { RecordedEvent } from '@waymark/event-store';
import type { Answer, AskOptions, Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

/** A concern as an affected person raises it in the portal. */
export const concern = {
  kind: 'concern_report',
  identity: 'anonymous',
  reporterRelation: 'affected_person',
  matter: ['sexual_harassment'],
  language: 'ar',
  immediateDanger: false,
  narrative: 'لا أعرف إن كان هذا المكان الصحيح. 🕊️ مديري يرسل لي رسائل في الليل.\n\nلا تتصلوا بي في المكتب.',
};

/** Every route with the id of a concern, with a body that it takes at this moment. */
export const routesOfConcern = (at: string): readonly (readonly ['GET' | 'POST', string, object])[] => [
  ['GET', '', {}],
  ['GET', '/same-contact', {}],
  ['POST', '/allocation', {}],
  ['POST', '/messages', { text: 'a' }],
  ['POST', '/first-response', { response: { at, precision: 'minute' } }],
  ['POST', '/triage', { priority: 'routine', riskOfRetaliation: false, mandatoryReportingExplained: true }],
  ['POST', '/guidance', { avenues: ['no_action_now'], decision: 'not_now' }],
  ['POST', '/acceptance', {}],
  ['POST', '/client-link', { earlierConcernId: '018f3b7e-5f7a-7c4e-9a51-0d6f6f1f4b10' }],
  ['POST', '/client-receipt', {}],
  ['POST', '/reporter-erasure-requests', { way: 'oral' }],
];

/** A call to the helpline that came at a moment. */
export const callAt = (at: string, changed: object = {}) => ({
  ...concern,
  channel: 'helpline',
  contact: { at, precision: 'minute' },
  ...changed,
});

interface Received {
  readonly concernId: string;
  readonly receipt: string;
  readonly emergencyHelp?: string;
}

/** What people do at the desk of a stage; each step must succeed. */
export function deskOf(stage: Stage) {
  const post = async (path: string, status: number, options: AskOptions): Promise<Answer['body']> => {
    const answer = await stage.ask('intake', 'POST', path, options);
    expect(answer).toMatchObject({ status });
    return answer.body;
  };
  const step = (concernId: string, path: string, as: string, body: object = {}) =>
    post(`/v1/concerns/${concernId}/${path}`, 200, { as, body });
  const session = async (receipt: string): Promise<Answer['body']> =>
    post('/v1/receipt-sessions', 200, { body: { receipt } });
  return {
    step,
    session,
    submit: (changed: object = {}, key?: string): Promise<Received> =>
      post('/v1/concerns', 201, { body: { ...concern, ...changed }, ...(key ? { key } : {}) }),
    register: async (body: object, as = 'amina.officer'): Promise<string> =>
      (await post('/v1/contacts', 201, { as, body })).concernId,
    myConcern: async (receipt: string): Promise<Answer['body']> =>
      (await stage.ask('intake', 'GET', '/v1/my-concern', { token: (await session(receipt)).token })).body,
    accept: async (concernId: string, as = 'amina.officer'): Promise<void> => {
      await step(concernId, 'allocation', as);
      await step(concernId, 'messages', as, { text: 'Nous vous croyons.' });
      await step(concernId, 'triage', as, {
        priority: 'urgent',
        riskOfRetaliation: true,
        mandatoryReportingExplained: true,
      });
      await step(concernId, 'guidance', as, { avenues: ['ombudsman_mediation'], decision: 'proceed' });
      await step(concernId, 'acceptance', as);
    },
  };
}

/** The events of a concern, in order, as they lie in the log. */
export async function eventsOf(stage: Stage, concernId: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of stage.log.readStream(`concern-${concernId}`)) events.push(event);
  return events;
}

export const typesOf = (events: readonly RecordedEvent[]): readonly string[] => events.map(({ type }) => type);

/** An answer without the name of the one request. */
export const withoutInstance = ({ status, body }: Answer) => ({ status, body: { ...body, instance: '' } });

/** Resolves once the clocks have heard of everything that was written. */
export const clocksWound = (stage: Stage): Promise<unknown> =>
  eventually(async () => {
    const newest = await stage.log.newest({ after: 0n, categories: ['concern'] });
    const sql = `SELECT position FROM public.view_generations WHERE view = 'response-clocks' AND state = 'live'`;
    const [clocks] = await stage.query<{ position: string }>('intake', sql);
    expect(BigInt(clocks?.position ?? 0)).toBeGreaterThanOrEqual(newest);
  });
