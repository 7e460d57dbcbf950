import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { intakeMessages } from '@waymark/contracts';
import { published2021Q1, readHelplineContacts } from '@waymark/demo';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { newFacts } from './facts.fixture.js';
import { reporting } from './reporting.service.js';

interface Row {
  readonly place: string;
  readonly total: object;
  readonly codes: Readonly<Record<string, { readonly contacts?: number }>>;
}

const { contactCounted } = intakeMessages;

jest.setTimeout(180_000);

describe('the table of a quarter of a national helpline', () => {
  let stage: Stage;
  let rows: readonly Row[];
  beforeAll(async () => {
    stage = await startStage({ services: [reporting], logLevel: 'error', now: new Date().toISOString() });
    const fact = newFacts();
    const facts = (await readHelplineContacts()).map(({ body: { contact, place, matter, behaviour } }) =>
      fact(
        contactCounted,
        contactCounted.parse({
          ...{ factId: randomUUID(), month: contact.at.slice(0, 7), ...place },
          ...{ matters: matter, behaviours: behaviour },
        }),
      ),
    );
    const bus = stage.busOf('intake');
    for (let sent = 0; sent < facts.length; sent += 500)
      await bus.publish(contactCounted.topic, facts.slice(sent, sent + 500));
    // Before anybody reads: what is hidden once, while hardly anything is known, stays hidden.
    await eventually(
      async () => {
        const [heard] = await stage.query('reporting', 'SELECT count(*)::int AS subjects FROM inbox_sequence');
        expect(heard).toEqual({ subjects: facts.length });
      },
      { timeoutMs: 120_000, everyMs: 500 },
    );
    const path = '/v1/reports/typology-geography?period=2021-Q1&typology=behaviour';
    rows = await eventually(
      async () => {
        const { status, body } = await stage.ask('reporting', 'GET', path, { as: 'priya.analyst' });
        expect(status).toBe(200);
        return body.rows;
      },
      { timeoutMs: 120_000, everyMs: 500 },
    );
  });
  afterAll(() => stage?.close());

  const rowOf = (place: string): Row | undefined => rows.find((row) => row.place === place);

  it('counts as many contacts as were published', () => {
    expect(rowOf('all')?.total).toEqual({ shown: true, contacts: published2021Q1.contacts });
  });

  it.each(Object.entries(published2021Q1.byProvince))(
    'has of %s as many contacts as were published: %d',
    (code, total) => {
      expect(rowOf(code)?.total).toEqual({ shown: true, contacts: total });
    },
  );

  it.each(Object.entries(published2021Q1.percentByBehaviour))(
    'has of %s the share that was published: %d per cent',
    (behaviour, percent) => {
      const share = (100 * (rowOf('all')?.codes[behaviour]?.contacts ?? 0)) / published2021Q1.contacts;
      expect(Math.round(share)).toBe(percent);
    },
  );
});
