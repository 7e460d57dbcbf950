import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Actor } from '@waymark/event-sourcing';
import type { RecordedEvent } from '@waymark/event-store';
import { Aggregates } from '@waymark/service-kit';
import { eventually } from '@waymark/testing';
import type { ConsentCommand } from './consent-record/domain/consent-record.commands.js';
import { consentRecordAggregate } from './consent-record/consent-record.aggregate.js';
import { clientOfTeam, type ConsentStage, startConsentStage } from './consent.fixture.js';
import { linkIds, othersAnswer } from './erasing.fixture.js';

jest.setTimeout(120_000);

const officer = 'amina.officer';
const [supervisor, another] = ['ingrid.supervisor', 'tomas.supervisor'];

describe('erasing somebody with two ids', () => {
  let stage: ConsentStage;
  beforeAll(async () => {
    stage = await startConsentStage();
  });
  afterAll(() => stage?.close());

  const of = (clientId: string, path: string) => `/v1/clients/${clientId}/${path}`;
  const known = (): Promise<string> => clientOfTeam(stage, [officer, supervisor]);
  const request = (clientId: string) =>
    stage.post(of(clientId, 'erasure-requests'), { as: officer, body: { way: 'oral' } });
  const approve = (clientId: string, headers: Record<string, string> = {}) =>
    stage.post(of(clientId, 'erasure-approval'), { as: another, headers });
  const hold = (clientId: string, key: string = randomUUID()) =>
    stage.post(of(clientId, 'legal-holds'), { as: another, key, body: { basis: 'investigation' } });
  const lift = (clientId: string, holdId: string) =>
    stage.post(of(clientId, `legal-holds/${holdId}/lifting`), { as: another });
  const erasing = async (clientId: string) => (await stage.get(of(clientId, 'erasure'), { as: supervisor })).body;
  const notesOf = async (clientId: string): Promise<readonly RecordedEvent[]> => {
    const notes: RecordedEvent[] = [];
    for await (const note of stage.log.readStream(`consent_erasure-${clientId}`)) notes.push(note);
    return notes;
  };
  const twoIds = async () => {
    const ids = { before: await known(), again: await known() };
    await linkIds(stage, ids.again, ids.before);
    return ids;
  };

  it('places and lifts a legal hold for both, by whichever', async () => {
    const { before, again } = await twoIds();
    const { holdId } = (await hold(again)).body;
    for (const id of [before, again]) expect((await erasing(id)).legalHolds).toMatchObject([{ holdId }]);
    expect(await lift(before, holdId)).toMatchObject({ status: 200 });
    for (const id of [before, again]) expect((await erasing(id)).legalHolds).toEqual([]);
  });

  it('insists on the revision of the id that was named only', async () => {
    const { before, again } = await twoIds();
    await request(before);
    expect(await approve(before, { 'if-match': '"99"' })).toMatchObject({ status: 412 });
    const revision = (await stage.eventsOf(before)).length - 1;
    expect(await approve(before, { 'if-match': `"${revision}"` })).toMatchObject({ status: 200 });
    expect(await erasing(again)).toMatchObject({ erasure: { status: 'approved' } });
  });

  it('tells whoever places a hold at the moment of the approval which of the two came first', async () => {
    const outcomes = new Set<string>();
    for (let turn = 0; turn < 24; turn += 1) {
      const { before, again } = await twoIds();
      await request(before);
      const key = randomUUID();
      const [held, approved] = await Promise.all([hold(again, key), approve(before)]);
      const [heldThen, approvedThen] = [held.status === 201, approved.status === 200];
      outcomes.add(`${heldThen ? 'held' : 'too late'}, ${approvedThen ? 'approved' : 'refused'}`);
      // Never both: a hold that was acknowledged stands against the erasure.
      expect(heldThen && approvedThen).toBe(false);
      if (approvedThen) {
        expect(held).toMatchObject({ status: 409, body: { code: 'person_erased' } });
        expect(await hold(again, key)).toMatchObject({ status: 409, body: { code: 'person_erased' } });
        await eventually(async () => (await erasing(again)).erasure?.status === 'approved');
      }
      for (const id of [before, again]) expect((await erasing(id)).legalHolds).toHaveLength(heldThen ? 1 : 0);
    }
    expect(
      [...outcomes].every((each) => ['held, refused', 'too late, approved', 'too late, refused'].includes(each)),
    ).toBe(true);
    expect(outcomes.size).toBeGreaterThan(1);
  });

  it('does not leave the one when the other is erased between the two halves of the link', async () => {
    const [before, again] = [await known(), await known()];
    const aggregates = stage.running('consent').app.get(Aggregates);
    const append = (command: ConsentCommand, actor: Actor) =>
      aggregates.change(consentRecordAggregate, before, command, {
        ...{ commandId: randomUUID(), correlationId: randomUUID(), actor },
      });
    const half = { clientId: before, linkedClientId: again, concernId: randomUUID(), linkId: randomUUID() };
    await append({ type: 'LinkClient', link: half }, { kind: 'service', id: 'consent', roles: [] });
    // Who links dies here. The other id does not name this one yet, and the approval reaches what is named.
    await request(before);
    const tomas: Actor = { kind: 'staff', id: 'tomas', roles: ['supervisor'] };
    await append({ type: 'ApproveErasure', cameAgain: false }, tomas);
    await linkIds(stage, again, before);
    await eventually(async () => (await erasing(again)).erasure?.status === 'approved');
  });

  it('gives the order again when a context has not answered in a day, until it has', async () => {
    const clientId = await known();
    await request(clientId);
    await approve(clientId);
    const { erasureId } = (await erasing(clientId)).erasure;
    await eventually(async () => (await erasing(clientId)).erasure.contexts.length === 1);
    await eventually(async () => {
      const [process] = await stage.query('consent', 'SELECT step FROM processes WHERE about = $1', [erasureId]);
      expect(process).toEqual({ step: 'contexts_erased' });
    });
    const demands = async () => (await stage.eventsOf(clientId)).filter(({ type }) => type === 'ErasureDemanded');
    stage.clock.advance({ hours: 23 });
    expect(await demands()).toEqual([]);
    stage.clock.advance({ hours: 2 });
    await eventually(async () => (await demands()).length === 1);
    expect((await demands())[0]?.data).toMatchObject({ erasureId, missing: ['intake', 'case', 'referral'] });
    // This context has the order as well, and answers as often as it is asked.
    await eventually(async () => (await notesOf(clientId)).length === 2);
    const [first, second] = await notesOf(clientId);
    expect(second?.data).toEqual(first?.data);
    await othersAnswer(stage, clientId, erasureId);
    await eventually(async () => (await erasing(clientId)).erasure.status === 'completed');
    stage.clock.advance({ days: 2 });
    expect(await demands()).toHaveLength(1);
  });
});
