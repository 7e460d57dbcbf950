import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

const hundred = Array.from({ length: 100 }, (_each, index) => index);
const officers = ['amina.officer', 'lucia.officer', 'kwame.officer', 'meilin.officer'];

jest.setTimeout(180_000);

describe('a hundred people at once', () => {
  let stage: Stage;
  let received: readonly { readonly concernId: string; readonly receipt: string }[] = [];
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const narrative = (index: number): string => `${index}: لا أحد يصدقني 🕊️`;
  const typesOf = async (stream: string): Promise<readonly string[]> => {
    const types: string[] = [];
    for await (const { type } of stage.log.readStream(stream)) types.push(type);
    return types;
  };

  it('are all heard, and each holds a receipt of their own', async () => {
    const answers = await Promise.all(
      hundred.map((index) =>
        stage.ask('intake', 'POST', '/v1/concerns', {
          body: {
            ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'affected_person' },
            ...{ matter: ['harassment'], language: 'ar', immediateDanger: false, narrative: narrative(index) },
          },
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(hundred.map(() => 201));
    received = answers.map(({ body }) => body);
    expect(new Set(received.map(({ receipt }) => receipt)).size).toBe(100);
    expect(new Set(received.map(({ concernId }) => concernId)).size).toBe(100);
  });

  it('are answered and accepted side by side', async () => {
    const steps: readonly (readonly [string, object])[] = [
      ['allocation', {}],
      ['messages', { text: 'We believe you.' }],
      ['triage', { priority: 'urgent', riskOfRetaliation: false, mandatoryReportingExplained: true }],
      ['guidance', { avenues: ['ombudsman_mediation'], decision: 'proceed' }],
      ['acceptance', {}],
    ];
    const work = async (as: string, mine: typeof received): Promise<void> => {
      for (const { concernId } of mine)
        for (const [step, body] of steps) {
          const answer = await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/${step}`, { as, body });
          expect(answer).toMatchObject({ status: 200 });
        }
    };
    await Promise.all(
      officers.map((as, each) =>
        work(
          as,
          received.filter((_concern, index) => index % officers.length === each),
        ),
      ),
    );
  });

  it('each get one case, and a client receipt from the one they held', async () => {
    await eventually(
      async () => {
        const rows = await stage.query<{ cases: number }>('case', 'SELECT count(*)::int AS cases FROM cases');
        expect(rows).toEqual([{ cases: 100 }]);
        for (const { concernId } of received)
          expect((await typesOf(`concern-${concernId}`)).at(-1)).toBe('ReceiptUpgraded');
      },
      { timeoutMs: 45_000, everyMs: 250 },
    );
    const { events } = await stage.log.readAll({ after: 0n, categories: ['case'], limit: 10_000 });
    const opened = events.filter(({ type }) => type === 'CaseOpened').map(({ data }) => Object(data));
    expect(opened).toHaveLength(100);
    expect(new Set(opened.map(({ caseCode }) => caseCode)).size).toBe(100);
    expect(new Set(opened.map(({ concernId }) => concernId))).toEqual(
      new Set(received.map(({ concernId }) => concernId)),
    );
  });

  it('find their own words behind their own receipt', async () => {
    for (const [index, { receipt }] of received.entries()) {
      const session = await stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt } });
      expect(session.body).toMatchObject({ scope: 'client' });
      const mine = await stage.ask('intake', 'GET', '/v1/my-concern', { token: session.body.token });
      expect(mine.body).toMatchObject({ narrative: narrative(index), status: 'in_progress' });
    }
  });
});
