import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

describe('an accepted concern', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService], logLevel: 'error' });
  });
  afterAll(() => stage?.close());

  const submit = async (): Promise<{ concernId: string; receipt: string }> => {
    const body = {
      kind: 'concern_report',
      identity: 'anonymous',
      reporterRelation: 'affected_person',
      matter: ['harassment'],
      language: 'fr',
      immediateDanger: false,
      narrative: 'Je ne veux plus travailler seule avec lui.',
    };
    return (await stage.ask('intake', 'POST', '/v1/concerns', { body })).body;
  };
  const scopeOf = async (receipt: string) =>
    (await stage.ask('intake', 'POST', '/v1/receipt-sessions', { body: { receipt } })).body.scope;
  const accept = async (concernId: string) => {
    const steps: [string, object][] = [
      ['allocation', {}],
      ['messages', { text: 'Nous vous croyons.' }],
      ['triage', { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true }],
      ['guidance', { avenues: ['ombudsman_mediation'], decision: 'proceed' }],
      ['acceptance', {}],
    ];
    for (const [step, body] of steps) {
      const path = `/v1/concerns/${concernId}/${step}`;
      expect(await stage.ask('intake', 'POST', path, { as: 'amina.officer', body })).toMatchObject({ status: 200 });
    }
  };
  const casesOf = async (concernId: string) =>
    (await stage.ask('case', 'GET', `/v1/cases?concernId=${concernId}`, { as: 'amina.officer' })).body.items;

  it('becomes exactly one case, and the receipt of an affected reporter a client receipt', async () => {
    const { concernId, receipt } = await submit();
    expect(await scopeOf(receipt)).toBe('reporter');
    await accept(concernId);
    const [opened] = await eventually(async () => {
      const cases = await casesOf(concernId);
      return cases.length > 0 && cases;
    });
    expect(opened).toMatchObject({ stage: 'engagement', officerId: stage.idOf('amina.officer') });
    await eventually(async () => (await scopeOf(receipt)) === 'client');
    expect(await casesOf(concernId)).toHaveLength(1);
  });

  it('becomes a case although the case service was down when it was accepted', async () => {
    await stage.stop('case');
    const { concernId } = await submit();
    await accept(concernId);
    await stage.start('case');
    await eventually(async () => (await casesOf(concernId)).length === 1);
  });
});
