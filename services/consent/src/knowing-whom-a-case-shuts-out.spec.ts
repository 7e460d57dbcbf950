import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { ShutOut } from '@waymark/service-kit';
import { marksOf } from '@waymark/stage';
import { caseOpened, type ConsentStage, startConsentStage, teamChanged } from './consent.fixture.js';
import { linkIds } from './erasing.fixture.js';

jest.setTimeout(120_000);

const [officer, colleague] = ['amina.officer', 'lucia.officer'];
const [shutOut, other] = ['ingrid.supervisor', 'tomas.supervisor'];

describe('whom the reporter of a case shuts out, as consent hears of it', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const newCase = (clientId: string = randomUUID()) => ({
    ...{ caseId: randomUUID(), concernId: randomUUID(), clientId },
    officerId: stage.idOf(officer),
  });
  const opened = (aCase: ReturnType<typeof newCase>, excluded: Partial<ShutOut>, sequence = 1) =>
    caseOpened(aCase, marksOf(stage, aCase.concernId, excluded), sequence);
  const erasure = (clientId: string, as: string) => stage.get(`/v1/clients/${clientId}/erasure`, { as });
  const consents = (clientId: string, as: string) => stage.get(`/v1/clients/${clientId}/consents`, { as });

  it('holds through every change of the team, and when it is told again', async () => {
    const aCase = newCase();
    const [first, changed] = [
      opened(aCase, { people: [stage.idOf(shutOut)] }),
      teamChanged({ ...aCase, team: [stage.idOf(colleague)], sequence: 2 }),
    ];
    await stage.tell(first);
    expect(await erasure(aCase.clientId, shutOut)).toMatchObject({ status: 404 });
    expect(await consents(aCase.clientId, officer)).toMatchObject({ status: 200 });
    await stage.tell(changed);
    await stage.publish(first, changed);
    await stage.tell(teamChanged({ ...aCase, team: [stage.idOf(colleague), stage.idOf(other)], sequence: 3 }));
    expect(await consents(aCase.clientId, colleague)).toMatchObject({ status: 200 });
    expect(await consents(aCase.clientId, officer)).toMatchObject({ status: 404 });
    expect(await erasure(aCase.clientId, shutOut)).toMatchObject({ status: 404 });
    expect(await erasure(aCase.clientId, other)).toMatchObject({ status: 200 });
  });

  it('counts for the client, whichever of their cases it was said of', async () => {
    const [free, marked] = [newCase(), newCase()];
    const { clientId } = free;
    await stage.tell(opened(free, {}));
    await stage.tell(opened({ ...marked, clientId }, { people: [stage.idOf(shutOut)] }));
    expect(await erasure(clientId, shutOut)).toMatchObject({ status: 404 });
    expect(await erasure(clientId, other)).toMatchObject({ status: 200 });
  });

  it('is not known of a case whose opening was given up: nobody is let in, also after a change of its team', async () => {
    const aCase = newCase();
    const [first, changed] = [1, 2].map((sequence) =>
      teamChanged({ ...aCase, team: [stage.idOf(colleague)], sequence }),
    );
    for (const message of [first, changed]) await stage.tell(message!);
    for (const as of [colleague, officer]) expect(await consents(aCase.clientId, as)).toMatchObject({ status: 404 });
    expect(await erasure(aCase.clientId, shutOut)).toMatchObject({ status: 404 });
  });

  it('is taken over by the telling of an opening that comes again, which does not change the team', async () => {
    const aCase = newCase();
    await stage.tell(opened(aCase, {}));
    await stage.tell(teamChanged({ ...aCase, team: [stage.idOf(colleague)], sequence: 2 }));
    await stage.tell(opened(aCase, { people: [stage.idOf(shutOut)] }, 3));
    expect(await erasure(aCase.clientId, shutOut)).toMatchObject({ status: 404 });
    expect(await consents(aCase.clientId, colleague)).toMatchObject({ status: 200 });
    expect(await consents(aCase.clientId, officer)).toMatchObject({ status: 404 });
  });

  it('holds for who is on the team as one of a unit or of a role', async () => {
    const [ofUnit, ofRole] = [newCase(), newCase()];
    await stage.tell(opened(ofUnit, { units: ['support_desk'] }));
    await stage.tell(opened(ofRole, { roles: ['officer'] }));
    for (const { clientId } of [ofUnit, ofRole])
      expect(await consents(clientId, officer)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(await erasure(ofRole.clientId, shutOut)).toMatchObject({ status: 200 });
  });

  it('is not known of a concern without a case: a link alone makes nobody known to supervisors', async () => {
    const aCase = newCase();
    const again = randomUUID();
    await stage.tell(opened(aCase, {}));
    await linkIds(stage, again, aCase.clientId);
    const hold = { body: { basis: 'investigation' } };
    for (const as of [shutOut, other]) {
      expect(await erasure(again, as)).toMatchObject({ status: 404, body: { code: 'not_found' } });
      const path = `/v1/clients/${again}/legal-holds`;
      expect(await stage.post(path, { as, ...hold })).toMatchObject({ status: 404, body: { code: 'not_found' } });
      expect(await erasure(aCase.clientId, as)).toMatchObject({ status: 200 });
    }
    expect(await erasure(again, officer)).toMatchObject({ status: 200 });
    await stage.post(`/v1/clients/${again}/erasure-requests`, { as: officer, body: { way: 'oral' } });
    expect(await erasure(again, other)).toMatchObject({ status: 200 });
  });
});
