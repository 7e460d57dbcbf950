import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { clientOfTeam, type ConsentStage, inDays, opening, startConsentStage, toOmbudsman } from './consent.fixture.js';
import { linkIds } from './erasing.fixture.js';

jest.setTimeout(120_000);

const [officer, supervisor] = ['amina.officer', 'ingrid.supervisor'];
const cannotBeAsked = { cannotBeAsked: 'unconscious' };

describe('what somebody with two ids has decided under one of them', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const of = (clientId: string, path: string) => `/v1/clients/${clientId}/${path}`;
  const known = (): Promise<string> => clientOfTeam(stage, [officer, supervisor]);
  const overridden = async (clientId: string, legalBasis = 'vital_interest', said: object = cannotBeAsked) => {
    const asked = { recipient: 'ombudsman', purpose: 'referral', categories: ['contact', 'matter_summary'] };
    const body = { ...asked, legalBasis, justification: 'Unconscious.', ...said, validUntil: inDays(stage, 5) };
    const { overrideId } = (await stage.post(of(clientId, 'overrides'), { as: officer, body })).body;
    await stage.post(of(clientId, `overrides/${overrideId}/approval`), { as: supervisor, body: said });
    return String(overrideId);
  };
  const agree = async (clientId: string): Promise<string> =>
    (await stage.post(of(clientId, 'consents'), { as: officer, body: toOmbudsman(stage) })).body.consentId;
  const refuse = (clientId: string) => {
    const { validUntil: _until, form: _form, ...asked } = toOmbudsman(stage);
    return stage.post(of(clientId, 'consent-refusals'), { as: officer, body: asked });
  };
  const withdraw = (clientId: string, consentId: string) =>
    stage.post(of(clientId, `consents/${consentId}/withdrawal`), { as: officer, body: { way: 'oral' } });
  const disclose = (clientId: string) =>
    stage.post(of(clientId, 'disclosures'), { as: 'service:referral', body: opening(stage) });
  const statusOf = async (clientId: string, overrideId: string) => {
    const { items } = (await stage.get(of(clientId, 'overrides'), { as: officer })).body;
    return items.find((each: { overrideId: string }) => each.overrideId === overrideId)?.status;
  };
  const typesOf = async (clientId: string) => (await stage.eventsOf(clientId)).map(({ type }) => type);
  const twoIds = async () => {
    const ids = { before: await known(), again: await known() };
    await linkIds(stage, ids.again, ids.before);
    return ids;
  };
  const refused = { status: 409, body: { code: 'consent_missing' } };
  const allowed = { status: 201 };

  it('ends what stood in for them under the other, whether they say no, yes or no longer', async () => {
    const decisions: readonly ((clientId: string, consentId: string) => Promise<unknown>)[] = [
      (clientId) => refuse(clientId),
      (clientId, consentId) => withdraw(clientId, consentId),
    ];
    for (const decide of decisions) {
      const { before, again } = await twoIds();
      const consentId = await agree(again);
      const overrideId = await overridden(before);
      await decide(again, consentId);
      for (const id of [before, again]) expect(await disclose(id)).toMatchObject(refused);
      expect(await statusOf(before, overrideId)).toBe('ended_by_client');
    }
    const { before, again } = await twoIds();
    const overrideId = await overridden(before);
    await agree(again);
    expect(await statusOf(before, overrideId)).toBe('ended_by_client');
    expect(await disclose(before)).toMatchObject(allowed);
  });

  it('does not end what the law obliges to', async () => {
    const { before, again } = await twoIds();
    const overrideId = await overridden(before, 'legal_obligation');
    await refuse(again);
    expect(await statusOf(before, overrideId)).toBe('in_force');
    expect(await disclose(again)).toMatchObject(allowed);
  });

  it('is not undone when what they say is refused as wrong', async () => {
    const { before, again } = await twoIds();
    const consentId = await agree(again);
    await withdraw(again, consentId);
    stage.clock.advance({ minutes: 1 });
    const overrideId = await overridden(before);
    expect(await withdraw(again, consentId)).toMatchObject({
      status: 409,
      body: { code: 'consent_already_withdrawn' },
    });
    const late = { ...toOmbudsman(stage), validUntil: inDays(stage, -1) };
    expect(await stage.post(of(again, 'consents'), { as: officer, body: late })).toMatchObject({ status: 422 });
    expect(await statusOf(before, overrideId)).toBe('in_force');
  });

  it('counts from the moment in which it is known that both are one person, the later against the earlier', async () => {
    const [before, again] = [await known(), await known()];
    const consentId = await agree(before);
    const overrideId = await overridden(before);
    stage.clock.advance({ minutes: 1 });
    await refuse(again);
    expect(await disclose(before)).toMatchObject(allowed);
    await linkIds(stage, again, before);
    for (const id of [before, again]) expect(await disclose(id)).toMatchObject(refused);
    expect(await statusOf(before, overrideId)).toBe('ended_by_client');
    const withdrawn = (await stage.eventsOf(before)).filter(({ type }) => type === 'ConsentWithdrawn');
    expect(withdrawn).toMatchObject([{ data: { consentId } }]);
  });

  it('ends an override that nobody would have approved who had known of their no, also where the no came first', async () => {
    const overriddenAfterANo = async (legalBasis: string, said: object) => {
      const [before, again] = [await known(), await known()];
      await refuse(before);
      stage.clock.advance({ minutes: 1 });
      const overrideId = await overridden(again, legalBasis, said);
      expect(await disclose(again)).toMatchObject(allowed);
      await linkIds(stage, again, before);
      return { again, overrideId };
    };
    const unknown = await overriddenAfterANo('vital_interest', {});
    expect(await statusOf(unknown.again, unknown.overrideId)).toBe('ended_by_client');
    expect(await disclose(unknown.again)).toMatchObject(refused);
    for (const [legalBasis, said] of [
      ['vital_interest', cannotBeAsked],
      ['legal_obligation', {}],
    ] as const) {
      const { again, overrideId } = await overriddenAfterANo(legalBasis, said);
      expect(await statusOf(again, overrideId)).toBe('in_force');
      expect(await disclose(again)).toMatchObject(allowed);
    }
  });

  it('leaves what they said yes to after the no', async () => {
    const [before, again] = [await known(), await known()];
    await refuse(again);
    stage.clock.advance({ minutes: 1 });
    await agree(before);
    await linkIds(stage, again, before);
    expect(await disclose(again)).toMatchObject(allowed);
    expect(await typesOf(before)).not.toContain('ConsentWithdrawn');
  });

  it('counts by the order of the log, though the clocks of two instances differ', async () => {
    const { before, again } = await twoIds();
    const earlier = await overridden(before);
    stage.clock.advance({ minutes: -3 });
    await refuse(again);
    expect(await statusOf(before, earlier)).toBe('ended_by_client');
    for (const id of [before, again]) expect(await disclose(id)).toMatchObject(refused);
    stage.clock.advance({ minutes: -3 });
    const later = await overridden(before);
    // What else they say has all that was decided looked at again.
    const { body } = await stage.post(of(again, 'consents'), {
      as: officer,
      body: toOmbudsman(stage, { recipient: 'medical' }),
    });
    await withdraw(again, body.consentId);
    expect(await statusOf(before, later)).toBe('in_force');
    stage.clock.advance({ minutes: 6 });
  });

  it('counts when both are said at once: what was written before the no does not stand', async () => {
    const { before, again } = await twoIds();
    let settled = 0;
    for (let round = 0; round < 12; round += 1) {
      await Promise.all([refuse(again), agree(before), overridden(before)]);
      const last = async (clientId: string, type: string) =>
        (await stage.eventsOf(clientId)).findLast((event) => event.type === type)?.position ?? 0n;
      const no = await last(again, 'ConsentRefused');
      const since = [await last(before, 'ConsentGiven'), await last(before, 'OverrideRequested')];
      if (since.every((position) => position < no)) {
        expect(await disclose(before)).toMatchObject(refused);
        settled += 1;
      }
      stage.clock.advance({ minutes: 1 });
    }
    expect(settled).toBeGreaterThan(0);
  });
});
