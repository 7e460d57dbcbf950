import { expect } from '@jest/globals';
import type { AskOptions, Stage } from '@waymark/stage';
import { eventually } from '@waymark/testing';

/** The officer who has taken a concern notes that its reporter asks to be erased; answers whose it is once consent knows. */
export async function askToEraseReporter(stage: Stage, concernId: string, officer: AskOptions): Promise<string> {
  const path = `/v1/concerns/${concernId}/reporter-erasure-requests`;
  const asked = await stage.ask('intake', 'POST', path, { ...officer, body: { way: 'oral' } });
  expect(asked).toMatchObject({ status: 201, body: { status: 'requested' } });
  const { reporterId } = asked.body;
  await eventually(async () => {
    const events = [];
    for await (const { type } of stage.log.readStream(`consent-${reporterId}`)) events.push(type);
    return events.length > 0;
  });
  return reporterId;
}

/** The reporter asks behind their receipt; resolves once consent shows it to them. */
export async function askAsReporter(stage: Stage, token: string, headers: AskOptions['headers'] = {}): Promise<void> {
  const asked = await stage.ask('intake', 'POST', '/v1/my-concern/erasure-requests', { token, headers });
  expect(asked).toMatchObject({ status: 201, body: { status: 'requested' } });
  await eventually(
    async () => (await stage.ask('consent', 'GET', '/v1/my-erasure', { token, headers })).status === 200,
  );
}
