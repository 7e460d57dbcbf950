import { expect } from '@jest/globals';
import type { Stage } from '@waymark/stage';
import { acceptedCase } from './accepted-case.fixture.js';

/** A concern whose reporter shuts somebody out, or nobody; answers its id. */
export async function concernShuttingOut(
  stage: Stage,
  exclusions?: object,
  reporterRelation = 'affected_person',
): Promise<string> {
  const told = { kind: 'concern_report', identity: 'confidential', reporterRelation };
  const body = {
    ...{ ...told, matter: ['retaliation'], language: 'en', immediateDanger: false, narrative: 'Not her, please.' },
    ...(exclusions ? { exclusions: { people: [], roles: [], units: [], ...exclusions } } : {}),
  };
  const raised = await stage.ask('intake', 'POST', '/v1/concerns', { body });
  expect(raised).toMatchObject({ status: 201 });
  return raised.body.concernId;
}

/** The case of such a concern, accepted by this officer; answers its id. */
export const caseShuttingOut = async (stage: Stage, officer: string, exclusions?: object): Promise<string> =>
  acceptedCase(stage, await concernShuttingOut(stage, exclusions), officer);

/** What an answer tells whoever gets it, without the address that was asked. */
export const toldBy = ({ status, body: { instance: _asked, ...rest } }: Awaited<ReturnType<Stage['ask']>>) => ({
  status,
  rest,
});
