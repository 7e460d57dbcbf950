import { expect } from '@jest/globals';
import { derivedId } from '@waymark/messaging';
import type { Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

const steps: Readonly<Record<string, object>> = {
  allocation: {},
  messages: { text: 'We are here.' },
  triage: { priority: 'urgent', riskOfRetaliation: true, mandatoryReportingExplained: true },
  guidance: { avenues: ['no_action_now'], decision: 'proceed' },
  acceptance: {},
};

/** An officer takes a concern that was raised, answers and accepts it; resolves with the id of its case once they can read it. */
export async function acceptedCase(
  stage: Stage,
  concernId: string,
  as: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  for (const [step, body] of Object.entries(steps)) {
    const answer = await stage.ask('intake', 'POST', `/v1/concerns/${concernId}/${step}`, { as, body, headers });
    expect({ step, status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
  }
  const caseId = derivedId('case', concernId);
  await eventually(async () => (await stage.ask('case', 'GET', `/v1/cases/${caseId}`, { as })).status === 200);
  return caseId;
}
