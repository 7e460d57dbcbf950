import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseMessages } from '@waymark/contracts';
import { marksOf } from '@waymark/stage';
import {
  caseOpened,
  clientOfTeam,
  type ConsentStage,
  inDays,
  opening,
  startConsentStage,
  toOmbudsman,
} from './consent.fixture.js';
import { linkIds } from './erasing.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const [supervisor, another] = ['ingrid.supervisor', 'tomas.supervisor'];
const why = 'kanarie: he reads my letters';

describe('an override, where the client has said no', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const of = (clientId: string, path: string) => `/v1/clients/${clientId}/${path}`;
  const known = (): Promise<string> => clientOfTeam(stage, [officer, supervisor]);
  const refuse = async (clientId: string) => {
    const { validUntil: _until, form: _form, ...asked } = toOmbudsman(stage);
    const body = { ...asked, reason: why };
    expect(await stage.post(of(clientId, 'consent-refusals'), { as: officer, body })).toMatchObject({ status: 201 });
    return stage.clock.now();
  };
  const request = (clientId: string, changed: object = {}, as = officer) =>
    stage.post(of(clientId, 'overrides'), {
      as,
      body: {
        ...{ recipient: 'ombudsman', purpose: 'referral', categories: ['contact'], legalBasis: 'vital_interest' },
        ...{ justification: 'Found on the floor.', validUntil: inDays(stage, 5), ...changed },
      },
    });
  const act = (clientId: string, overrideId: string, what: string, as = supervisor, body: object = {}) =>
    stage.post(of(clientId, `overrides/${overrideId}/${what}`), { as, body });
  const list = async (clientId: string, as = another) => (await stage.get(of(clientId, 'overrides'), { as })).body;
  const decision = async (clientId: string) => {
    const query = 'recipient=ombudsman&purpose=referral&categories=contact';
    return (await stage.get(of(clientId, `decision?${query}`), { as: officer })).body;
  };
  const disclose = (clientId: string) =>
    stage.post(of(clientId, 'disclosures'), {
      ...{ as: 'service:referral', body: opening(stage, { categories: ['contact'] }) },
    });
  const refusedAs = (code: string) => ({ status: 409, body: { code } });
  const cannotBeAsked = 'unconscious';

  it('shows the no to the team, to the client and in the decision', async () => {
    const clientId = await known();
    const refusedAt = await refuse(clientId);
    const categories = ['contact', 'matter_summary'];
    const refusal = { recipient: 'ombudsman', purpose: 'referral', categories, standing: categories, refusedAt };
    const token = await stage.receipt(clientId, 'client');
    for (const asker of [{ as: officer }, { token }]) {
      const path = 'as' in asker ? of(clientId, 'consents') : '/v1/my-consents';
      expect((await stage.get(path, asker)).body).toEqual({ items: [], refusals: [{ ...refusal, reason: why }] });
    }
    expect(await decision(clientId)).toMatchObject({ allowed: false, reason: 'refused', refusedAt });
    await stage.post(of(clientId, 'consents'), { as: officer, body: toOmbudsman(stage, { categories: ['contact'] }) });
    expect(await decision(clientId)).toMatchObject({ allowed: true, reason: 'covered' });
    const { body } = await stage.get(of(clientId, 'consents'), { as: officer });
    expect(body.refusals).toMatchObject([{ categories, standing: ['matter_summary'] }]);
  });

  it('is for somebody who cannot be asked any more, as both persons say who see the no, and the client reads of it', async () => {
    const [clientId, again] = [await known(), await known()];
    await linkIds(stage, again, clientId);
    const saidAt = await refuse(again);
    for (const id of [clientId, again]) expect(await request(id)).toMatchObject(refusedAs('client_said_no'));
    const said = { how: 'refused', recipient: 'ombudsman', purpose: 'referral', saidAt };
    const asked = await request(clientId, { cannotBeAsked });
    expect(asked).toMatchObject({ status: 201, body: { clientSaidNo: [said] } });
    const { overrideId } = asked.body;
    const shown = await list(clientId);
    expect(shown.items).toMatchObject([{ overrideId, cannotBeAsked, clientSaidNo: [said] }]);
    expect(JSON.stringify(shown)).not.toContain('kanarie');
    for (const body of [{}, { cannotBeAsked: 'unable_to_decide' }])
      expect(await act(clientId, overrideId, 'approval', supervisor, body)).toMatchObject(
        refusedAs('cannot_be_asked_unconfirmed'),
      );
    expect(await act(clientId, overrideId, 'approval', supervisor, { cannotBeAsked })).toMatchObject({ status: 200 });
    expect(await disclose(clientId)).toMatchObject({ status: 201 });
    const approval = (await stage.eventsOf(clientId)).find(({ type }) => type === 'OverrideApproved');
    expect(approval).toMatchObject({ data: { cannotBeAsked } });
    await act(clientId, overrideId, 'client-information', officer, { way: 'phone' });
    const token = await stage.receipt(clientId, 'client');
    expect((await stage.get('/v1/my-ledger', { token })).body.items).toMatchObject([
      {
        override: { overrideId, refusedAt: saidAt, cannotBeAsked },
        words: {
          cannotBeAsked: 'You were unconscious',
          againstYourNo: 'You had said no to this. It was disclosed all the same.',
        },
      },
    ]);
  });

  it('needs no such reason where the law obliges to it, and shows the no all the same', async () => {
    const clientId = await known();
    await refuse(clientId);
    const { body } = await request(clientId, { legalBasis: 'legal_obligation' });
    expect(body.clientSaidNo).toMatchObject([{ how: 'refused' }]);
    expect(await act(clientId, body.overrideId, 'approval')).toMatchObject({ status: 200 });
    expect((await list(clientId)).items).toMatchObject([{ status: 'in_force', clientSaidNo: [{ how: 'refused' }] }]);
  });

  it('is declined by another person than the one who asked', async () => {
    const clientId = await known();
    const { overrideId } = (await request(clientId, {}, supervisor)).body;
    const decline = (as: string) => act(clientId, overrideId, 'decline', as, { reason: 'basis_not_met' });
    expect(await decline(officer)).toMatchObject({ status: 403 });
    expect(await decline(supervisor)).toMatchObject(refusedAs('approver_is_requester'));
    expect(await decline(another)).toMatchObject({ status: 200, body: { status: 'declined' } });
    expect(await act(clientId, overrideId, 'approval', another)).toMatchObject(refusedAs('override_over'));
    expect((await list(clientId)).items).toMatchObject([
      { status: 'declined', endedBy: stage.idOf(another), endedAt: stage.clock.now(), endReason: 'basis_not_met' },
    ]);
  });

  it('is ended by who asked or a supervisor: nothing that begins after the answer is disclosed', async () => {
    for (const as of [officer, another]) {
      const clientId = await known();
      const { overrideId } = (await request(clientId)).body;
      await act(clientId, overrideId, 'approval');
      expect(await disclose(clientId)).toMatchObject({ status: 201 });
      const revoke = (by: string) => act(clientId, overrideId, 'revocation', by, { reason: 'client_can_be_asked' });
      expect(await revoke('kwame.officer')).toMatchObject({ status: 404 });
      const ended = revoke(as);
      const during = Promise.all(Array.from({ length: 3 }, () => disclose(clientId)));
      expect(await ended).toMatchObject({ status: 200, body: { status: 'revoked' } });
      expect(await disclose(clientId)).toMatchObject(refusedAs('consent_missing'));
      await during;
      const types = (await stage.eventsOf(clientId)).map(({ type }) => type);
      expect(types.slice(types.indexOf('OverrideRevoked'))).not.toContain('DisclosureRecorded');
      expect(await revoke(as)).toMatchObject(refusedAs('override_over'));
    }
  });

  it('is not approved once who asked has recused, or a reporter has shut them out', async () => {
    const [recused, shutOut] = [await known(), await known()];
    const asked = await Promise.all([recused, shutOut].map(async (id) => (await request(id)).body.overrideId));
    const aCase = {
      caseId: randomUUID(),
      concernId: randomUUID(),
      clientId: recused,
      officerId: stage.idOf(supervisor),
    };
    const opened = caseOpened(aCase, []);
    await stage.tell(opened);
    const staffId = stage.idOf(officer);
    const { caseId, concernId } = aCase;
    await stage.tell({
      ...{ ...opened, id: randomUUID(), type: caseMessages.officerRecused.type, sequence: 2 },
      data: { caseId, concernId, staffId, recusedAt: stage.clock.now() },
    });
    const other = { ...aCase, caseId: randomUUID(), concernId: randomUUID(), clientId: shutOut };
    await stage.tell(caseOpened(other, marksOf(stage, other.concernId, { people: [staffId] })));
    for (const [index, id] of [recused, shutOut].entries()) {
      expect(await act(id, asked[index], 'approval')).toMatchObject(refusedAs('requester_is_out'));
      expect(await act(id, asked[index], 'decline', supervisor, { reason: 'other' })).toMatchObject({ status: 200 });
    }
  });
});
