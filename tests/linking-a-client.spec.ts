import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { audit } from '@waymark/audit';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { officer, second, supervisor, whoComesAgain } from './linking-a-client.fixture.js';
import { type Played, playStory } from './whole-platform.fixture.js';

jest.setTimeout(240_000);

describe('a person who comes again', () => {
  let stage: Stage;
  beforeAll(async () => {
    const services = [intake, caseService, consent, referral, audit];
    stage = await startStage({ services, now: new Date().toISOString() });
  });
  afterAll(() => stage?.close());

  const {
    post,
    get,
    raise,
    comesAgain,
    readyToAccept,
    accept,
    as,
    link,
    concernOf,
    settled,
    linkUp,
    caseOf,
    teamKnown,
    refer,
    open,
    withdraw,
    consentsOf,
    typesIn,
    appendToConsent,
    processes,
    faultsOf,
  } = whoComesAgain(() => stage);

  it('is linked before the concern is accepted: the case is theirs, their consents count, and the ledger is one', async () => {
    const before = await playStory(stage);
    const again = await comesAgain();
    await readyToAccept(again);
    await linkUp(again.concernId, before.concernId);
    expect(await accept(again.concernId)).toMatchObject({ status: 200 });

    const caseId = await caseOf(again.concernId);
    expect(caseId).not.toBe(before.caseId);
    expect(await get('case', `/v1/cases/${caseId}`)).toMatchObject({ clientId: before.clientId });
    await teamKnown(caseId, before.clientId);
    const { referralId, sent } = await refer(caseId);
    expect(sent).toMatchObject({ status: 200 });
    expect(await open(referralId)).toMatchObject({ status: 200 });

    let token = '';
    await eventually(async () => {
      const opened = await post('intake', '/v1/receipt-sessions', { body: { receipt: again.receipt } });
      expect(opened).toMatchObject({ scope: 'client' });
      token = opened.token;
    });
    const { items } = await get('consent', '/v1/my-ledger', { token });
    const references = new Set(items.map(({ reference }: { reference: string }) => reference));
    expect(references).toEqual(new Set([before.referralId, referralId]));
    expect(await faultsOf(caseId)).toEqual([]);
  });

  describe('when the concern has its case already', () => {
    let before: Played;
    let again: Played;
    beforeAll(async () => {
      before = await playStory(stage);
      again = await playStory(stage);
      await linkUp(again.concernId, before.concernId);
      await teamKnown(again.caseId, before.clientId);
    });

    it('takes case and consents along, under either id', async () => {
      expect(await get('case', `/v1/cases/${again.caseId}`)).toMatchObject({ clientId: before.clientId });
      for (const clientId of [before.clientId, again.clientId])
        expect(new Set(await consentsOf(clientId))).toEqual(new Set([before.consentId, again.consentId]));
      await eventually(async () =>
        expect((await processes()).every(({ completed_at }) => completed_at !== null)).toBe(true),
      );
    });

    it('leaves the referrals that were sent where they were, and lets them be opened', async () => {
      for (const { referralId } of [before, again]) expect(await open(referralId)).toMatchObject({ status: 200 });
    });

    it('shows the client all of it by either receipt', async () => {
      const lines = async ({ clientToken }: Played) =>
        (await get('consent', '/v1/my-ledger', { token: clientToken })).items.map(
          ({ disclosureId }: { disclosureId: string }) => disclosureId,
        );
      expect(await lines(again)).toEqual(await lines(before));
      expect((await lines(again)).length).toBeGreaterThanOrEqual(6);
    });

    it('shows the auditor one person, with every check held', async () => {
      for (const { clientId, caseId } of [before, again]) {
        const path = `/v1/clients/${clientId}/timeline?type=ReferralSent`;
        const { items } = await get('audit', path, { as: 'jonas.auditor' });
        expect(items).toHaveLength(2);
        expect(await faultsOf(caseId)).toEqual([]);
      }
    });

    it('lets a withdrawal bite wherever the consent lies, and suspends what went out under it', async () => {
      await withdraw(before.clientId, again.consentId);
      expect((await refer(again.caseId)).sent).toMatchObject({ status: 200 });
      await withdraw(again.clientId, before.consentId);
      for (const { referralId } of [before, again]) expect(await open(referralId)).toMatchObject({ status: 409 });
      await eventually(async () => {
        for (const { referralId } of [before, again])
          expect(await get('referral', `/v1/referrals/${referralId}`)).toMatchObject({
            status: 'suspended_consent_withdrawn',
          });
      });
      const { sent } = await refer(again.caseId);
      expect(sent).toMatchObject({ status: 409, body: { code: 'consent_missing' } });
      expect(await faultsOf(again.caseId)).toEqual([]);
    });
  });

  it('is told once more to consent when that was away, and meanwhile nothing is accepted', async () => {
    const before = await playStory(stage);
    const again = await comesAgain();
    await readyToAccept(again);
    await stage.stop('consent');
    const key = 'k'.repeat(32);
    expect(await link(again.concernId, before.concernId, officer, key)).toMatchObject({ status: 200 });
    expect(await accept(again.concernId)).toMatchObject({ status: 409, body: { code: 'link_not_settled' } });
    await eventually(async () =>
      expect((await processes()).filter(({ completed_at }) => completed_at === null)).toMatchObject([
        { step: 'link_consents' },
      ]),
    );
    stage.clock.advance({ minutes: 6 });
    await eventually(async () =>
      expect((await stage.ask('intake', 'GET', '/health/ready')).body.parts.processes).toContain(
        '1 of client-link overdue at link_consents',
      ),
    );
    await eventually(async () => expect(await typesIn(`concern-${again.concernId}`)).toContain('ClientLinkRequested'));
    await stage.start('consent');
    await settled(again.concernId);
    expect(await link(again.concernId, before.concernId, officer, key)).toMatchObject({ status: 200 });
    expect(await accept(again.concernId)).toMatchObject({ status: 200 });
    const own = (await concernOf(again.concernId)).clientId;
    for (const clientId of [own, before.clientId]) {
      const types = await typesIn(`consent-${clientId}`);
      expect(types.filter((type) => type === 'ClientsLinked')).toHaveLength(1);
    }
    const types = await typesIn(`concern-${again.concernId}`);
    expect(types.filter((type) => type === 'ClientLinkSettled')).toHaveLength(1);
  });

  it('is finished by the message that comes again, when consent died between the two records', async () => {
    const before = await playStory(stage);
    const again = await comesAgain();
    const { clientId } = await concernOf(again.concernId);
    // What is left behind by a death in between: the earlier record says it, the other does not.
    const ofTheLink = { clientId: before.clientId, linkedClientId: clientId, concernId: again.concernId };
    await appendToConsent(before.clientId, 'ClientsLinked', { ...ofTheLink, linkId: again.concernId });
    await linkUp(again.concernId, before.concernId);
    for (const id of [clientId, before.clientId])
      expect((await typesIn(`consent-${id}`)).filter((type) => type === 'ClientsLinked')).toHaveLength(1);
  });

  it('is linked once by two officers at once, and a chain of links is one person', async () => {
    const [first, other] = [await playStory(stage), await playStory(stage)];
    const again = await comesAgain();
    const answers = await Promise.all([
      link(again.concernId, first.concernId),
      link(again.concernId, other.concernId),
      link(again.concernId, first.concernId),
    ]);
    const codes = answers.map(({ status, body }) => (status === 200 ? 'linked' : body.code));
    expect(codes).toContain('linked');
    expect(codes).toContain('concern_already_linked');
    await settled(again.concernId);
    const { clientId } = await concernOf(again.concernId);
    expect(await typesIn(`consent-${clientId}`)).toEqual(['ClientsLinked', 'ClientLinkAnswered']);

    await linkUp(first.concernId, other.concernId);
    for (const id of [clientId, first.clientId, other.clientId])
      expect(new Set(await consentsOf(id))).toEqual(new Set([first.consentId, other.consentId]));
  });

  it('is one person as well when two concerns are linked to each other at once', async () => {
    const [one, other] = [await playStory(stage), await playStory(stage)];
    await Promise.all([link(one.concernId, other.concernId), link(other.concernId, one.concernId)]);
    for (const { concernId } of [one, other])
      await eventually(async () => expect((await concernOf(concernId)).link?.outcome ?? 'none').not.toBe('refused'));
    await eventually(async () => {
      for (const { clientId } of [one, other])
        expect(new Set(await consentsOf(clientId))).toEqual(new Set([one.consentId, other.consentId]));
    });
  });

  it('is linked only by whoever may see both, and learns nothing of what they may not see', async () => {
    const before = await playStory(stage);
    const again = await comesAgain();
    const missing = { status: 404, body: { code: 'not_found' } };
    const unknown = '00000000-0000-8000-8000-000000000000';
    const hidden = await comesAgain({ people: [stage.idOf(supervisor)], roles: [], units: [] });
    const untaken = await raise();
    expect(await link(again.concernId, unknown)).toMatchObject(missing);
    expect(await link(again.concernId, untaken.concernId)).toMatchObject(missing);
    expect(await link(again.concernId, before.concernId, 'kwame.officer')).toMatchObject({
      status: 409,
      body: { code: 'concern_not_allocated_to_you' },
    });
    const ofSupervisor = await raise();
    await post('intake', `/v1/concerns/${ofSupervisor.concernId}/allocation`, { as: supervisor, body: {} });
    expect(await link(ofSupervisor.concernId, hidden.concernId, supervisor)).toMatchObject(missing);
    expect(await link(ofSupervisor.concernId, before.concernId, supervisor)).toMatchObject({ status: 200 });
    const shutsOut = await raise({ people: [stage.idOf(officer)], roles: [], units: [] });
    await post('intake', `/v1/concerns/${shutsOut.concernId}/allocation`, { as: supervisor, body: {} });
    expect(await link(shutsOut.concernId, before.concernId, supervisor)).toMatchObject({
      status: 409,
      body: { code: 'earlier_officer_excluded' },
    });
    expect(await link(again.concernId, again.concernId)).toMatchObject({
      status: 409,
      body: { code: 'link_to_itself' },
    });
    const wrong = await stage.ask('intake', 'POST', `/v1/concerns/${again.concernId}/client-link`, as(officer));
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'earlierConcernId' }] } });
  });

  it('is not linked to somebody who is being erased: the concern keeps its own client', async () => {
    const before = await playStory(stage);
    await post('consent', `/v1/clients/${before.clientId}/erasure-requests`, { body: { way: 'oral' } });
    const again = await comesAgain();
    await readyToAccept(again);
    expect(await link(again.concernId, before.concernId)).toMatchObject({ status: 200 });
    await settled(again.concernId, 'refused');
    expect(await accept(again.concernId)).toMatchObject({ status: 200 });
    const own = (await concernOf(again.concernId)).clientId;
    expect(await get('case', `/v1/cases/${await caseOf(again.concernId)}`)).toMatchObject({ clientId: own });
    expect(await typesIn(`consent-${before.clientId}`)).not.toContain('ClientsLinked');
  });

  it('is erased by every id they have, unless a legal hold stands against one of them', async () => {
    const before = await playStory(stage);
    const again = await comesAgain();
    await linkUp(again.concernId, before.concernId);
    const { clientId } = await concernOf(again.concernId);
    const client = (id: string) => `/v1/clients/${id}`;
    const basis = { basis: 'investigation' };
    // Under the id that has a case: of the other there is nothing yet that a supervisor may know.
    const { holdId } = await post('consent', `${client(before.clientId)}/legal-holds`, as(supervisor, basis));
    await post('consent', `${client(before.clientId)}/erasure-requests`, { body: { way: 'oral' } });
    const approve = () => stage.ask('consent', 'POST', `${client(before.clientId)}/erasure-approval`, as(second));
    expect(await approve()).toMatchObject({ status: 409, body: { code: 'legal_hold_stands' } });
    await post('consent', `${client(clientId)}/legal-holds/${holdId}/lifting`, as(supervisor));
    expect(await approve()).toMatchObject({ status: 200 });
    for (const id of [before.clientId, clientId])
      await eventually(
        async () => {
          const { erasure } = await get('consent', `${client(id)}/erasure`, { as: supervisor });
          expect(erasure).toMatchObject({ status: 'completed', ground: 'client_request' });
        },
        { timeoutMs: 40_000 },
      );
    expect((await concernOf(again.concernId)).erased).toContain('client');
  });

  it('is erased by every id also when the service died right after the approval', async () => {
    const before = await playStory(stage);
    const again = await comesAgain();
    await linkUp(again.concernId, before.concernId);
    const { clientId } = await concernOf(again.concernId);
    await post('consent', `/v1/clients/${clientId}/erasure-requests`, { body: { way: 'oral' } });
    const { erasure } = await get('consent', `/v1/clients/${clientId}/erasure`, { as: supervisor });
    const approvedAt = stage.clock.now();
    await appendToConsent(clientId, 'ErasureApproved', {
      ...{ erasureId: erasure.erasureId, clientId, approvedBy: stage.idOf(second) },
      ...{ approvedAt, answersDueAt: approvedAt },
    });
    await eventually(async () => expect(await typesIn(`consent-${before.clientId}`)).toContain('ErasureCompleted'), {
      timeoutMs: 40_000,
    });
  });
});
