import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Actor } from '@waymark/event-sourcing';
import { Aggregates, type RunningService, startService } from '@waymark/service-kit';
import { eventually, freePort } from '@waymark/testing';
import { consentRecordAggregate } from './consent-record/consent-record.aggregate.js';
import { type ConsentStage, startConsentStage } from './consent.fixture.js';
import { consent } from './consent.service.js';
import { caseFollows, linkIds, type Reported, reporterAsks } from './erasing.fixture.js';
import { refusedByTheLog } from './refused-by-the-log.fixture.js';

jest.setTimeout(180_000);

const [supervisor, another] = ['ingrid.supervisor', 'tomas.supervisor'];
const stands = { status: 409, body: { code: 'legal_hold_stands' } };

describe('a legal hold on a client while who reported about them is erased, with two instances of the service', () => {
  let stage: ConsentStage;
  let second: RunningService;
  beforeAll(async () => {
    stage = await startConsentStage({ logLevel: 'silent' });
    const environment = { ...stage.environmentOf('consent'), PORT: String(await freePort()) };
    second = await startService(consent, { environment, clock: stage.clock });
  });
  afterAll(async () => {
    await second?.stop();
    await stage?.close();
  });

  const of = (id: string, path: string) => `/v1/clients/${id}/${path}`;
  const approve = (reporterId: string, key: string = randomUUID()) =>
    stage.post(of(reporterId, 'erasure-approval'), { as: supervisor, key });
  const hold = (clientId: string, key: string = randomUUID(), as = another) =>
    stage.post(of(clientId, 'legal-holds'), { as, key, body: { basis: 'investigation' } });
  const lift = (clientId: string, holdId: string) =>
    stage.post(of(clientId, `legal-holds/${holdId}/lifting`), { as: another });
  const holdsOn = async (id: string): Promise<readonly string[]> =>
    (await stage.get(of(id, 'erasure'), { as: another })).body.legalHolds.map(
      ({ holdId }: { holdId: string }) => holdId,
    );
  const typesOf = async (id: string) => (await stage.eventsOf(id)).map(({ type }) => type);
  /** What has to do with who came first, in the order of the log. */
  const decidedIn = async (id: string): Promise<readonly string[]> =>
    (await typesOf(id)).filter((type) =>
      ['ReporterErasureAdmitted', 'LegalHoldPlaced', 'ErasureApproved'].includes(type),
    );
  const reported = async (): Promise<Reported> => {
    const ids = await reporterAsks(stage);
    await caseFollows(stage, ids);
    return ids;
  };
  /** Nobody gets an event of this type into this person's record until it is over. */
  const without = async <Answer>(type: string, id: string, act: () => Promise<Answer>): Promise<Answer> => {
    const end = await refusedByTheLog(stage, `NEW.type = '${type}' AND NEW.stream_id = 'consent-${id}'`);
    try {
      return await act();
    } finally {
      await end();
    }
  };
  /** Whoever approves dies when the client's record has admitted it. */
  const dieBeforeApproving = async ({ reporterId, clientId }: Reported, key?: string): Promise<void> => {
    const { status } = await without('ErasureApproved', reporterId, () => approve(reporterId, key));
    expect(status).toBe(503);
    expect(await typesOf(clientId)).toContain('ReporterErasureAdmitted');
  };
  /** Whoever had come as far as the approval goes on, however long ago that was. */
  const goOn = (reporterId: string) => {
    const actor: Actor = { kind: 'staff', id: stage.idOf(supervisor), roles: ['supervisor'] };
    const command = { type: 'ApproveErasure', cameAgain: false } as const;
    const call = { commandId: randomUUID(), correlationId: randomUUID(), actor };
    return stage.running('consent').app.get(Aggregates).change(consentRecordAggregate, reporterId, command, call);
  };

  it('stands against the erasure, or comes after it, whichever of the two is acknowledged first', async () => {
    const outcomes = new Set<string>();
    const token = await stage.token(another);
    /** At the other instance, so that the two meet in the log only. */
    const holdThere = (clientId: string) =>
      fetch(`${second.url}${of(clientId, 'legal-holds')}`, {
        method: 'POST',
        headers: {
          ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        },
        body: JSON.stringify({ basis: 'investigation' }),
      });
    const pairs: Reported[] = [];
    while (pairs.length < 24) pairs.push(await reported());
    // Every other one was admitted before, so that the two meet in the reporter's record.
    for (const [turn, ids] of pairs.entries()) if (turn % 2 === 0) await dieBeforeApproving(ids);
    // All at the same moment, but that every approval has a start of its own.
    const play = async ({ reporterId, clientId }: Reported, turn: number) => {
      const [held, approved] = await Promise.all([
        pause(turn * 4)
          .then(() => holdThere(clientId))
          .then(async ({ status }) => ({ status, reporter: await decidedIn(reporterId) })),
        approve(reporterId),
      ]);
      return { reporterId, clientId, held, approved };
    };
    for (const { reporterId, clientId, held, approved } of await Promise.all(pairs.map(play))) {
      expect(held.status).toBe(201);
      const erased = approved.status === 200;
      if (!erased) expect(approved).toMatchObject(stands);
      // Nobody is erased after a hold on the client was acknowledged: an approval lay in the log by then, and its admission before the hold.
      expect(await decidedIn(reporterId)).toEqual(held.reporter);
      const client = await decidedIn(clientId);
      const admitted = client.includes('ReporterErasureAdmitted');
      expect(client).toEqual(admitted ? ['ReporterErasureAdmitted', 'LegalHoldPlaced'] : ['LegalHoldPlaced']);
      expect(held.reporter).toEqual(erased ? ['ErasureApproved'] : admitted ? ['LegalHoldPlaced'] : []);
      expect(erased && !admitted).toBe(false);
      outcomes.add(erased ? 'erased, then held' : 'held');
    }
    expect([...outcomes].toSorted()).toEqual(['erased, then held', 'held']);
  });

  it('is placed on the reporter too where the client’s record had admitted it, and bites on an approval that was under way', async () => {
    const ids = await reported();
    const key = randomUUID();
    await dieBeforeApproving(ids, key);
    const { holdId } = (await hold(ids.clientId)).body;
    expect(await holdsOn(ids.reporterId)).toEqual([holdId]);
    // It is the client's, and goes with it.
    expect(await lift(ids.reporterId, holdId)).toMatchObject(stands);
    await expect(goOn(ids.reporterId)).rejects.toMatchObject({ code: 'legal_hold_stands' });
    for (const again of [key, randomUUID()]) expect(await approve(ids.reporterId, again)).toMatchObject(stands);
    expect(await typesOf(ids.reporterId)).toEqual(['ErasureRequested', 'LegalHoldPlaced']);
  });

  it('is found in the client’s record where nobody had asked to approve before, and leaves no trace of who reported', async () => {
    const { reporterId, clientId } = await reported();
    await hold(clientId);
    expect(await approve(reporterId)).toMatchObject(stands);
    expect(await typesOf(clientId)).toEqual(['LegalHoldPlaced']);
    expect(await holdsOn(reporterId)).toEqual([]);
  });

  it('is lifted on the reporter as well, also by who died when half of it was done', async () => {
    const ids = await reported();
    const { reporterId, clientId } = ids;
    await dieBeforeApproving(ids);
    const { holdId } = (await hold(clientId)).body;
    const died = await without('LegalHoldLifted', clientId, () => lift(clientId, holdId));
    expect(died).toMatchObject({ status: 503 });
    expect(await holdsOn(reporterId)).toEqual([]);
    expect(await approve(reporterId)).toMatchObject(stands);
    expect(await lift(clientId, holdId)).toMatchObject({ status: 200 });
    expect(await holdsOn(clientId)).toEqual([]);
    expect(await approve(reporterId)).toMatchObject({ status: 200 });
    expect((await typesOf(clientId)).filter((type) => type === 'ReporterErasureAdmitted')).toHaveLength(1);
  });

  it('is not acknowledged before it stands on the reporter: who dies in between places it there when they try again', async () => {
    const ids = await reported();
    const { reporterId, clientId } = ids;
    await dieBeforeApproving(ids);
    const key = randomUUID();
    expect(await without('LegalHoldPlaced', reporterId, () => hold(clientId, key))).toMatchObject({ status: 503 });
    expect(await approve(reporterId)).toMatchObject(stands);
    const { holdId } = (await hold(clientId, key)).body;
    expect([await holdsOn(clientId), await holdsOn(reporterId)]).toEqual([[holdId], [holdId]]);
    await expect(goOn(reporterId)).rejects.toMatchObject({ code: 'legal_hold_stands' });
  });

  it('stands for the client all the same, and is answered as ever, where the approval came before it stood on the reporter', async () => {
    const ids = await reported();
    const { reporterId, clientId } = ids;
    await dieBeforeApproving(ids);
    const key = randomUUID();
    await without('LegalHoldPlaced', reporterId, () => hold(clientId, key));
    await goOn(reporterId);
    const answer = await hold(clientId, key);
    expect(answer).toMatchObject({ status: 201, body: { holdId: expect.any(String) } });
    expect(Object.keys(answer.body)).toEqual(['holdId']);
    expect(await holdsOn(clientId)).toEqual([answer.body.holdId]);
    expect(await typesOf(reporterId)).toContain('ErasureApproved');
    expect(await typesOf(reporterId)).not.toContain('LegalHoldPlaced');
    expect(await lift(clientId, answer.body.holdId)).toMatchObject({ status: 200 });
  });

  it('reaches the reporter by whichever id the client has, once, and again when it is placed anew', async () => {
    const ids = await reported();
    const before = await reported();
    await linkIds(stage, ids.clientId, before.clientId);
    await dieBeforeApproving(ids);
    expect(await typesOf(before.clientId)).toContain('ReporterErasureAdmitted');
    for (const by of [before.clientId, ids.clientId]) {
      const key = randomUUID();
      const { holdId } = (await hold(by, key)).body;
      await hold(by, key);
      for (const id of [before.clientId, ids.clientId, ids.reporterId]) expect(await holdsOn(id)).toEqual([holdId]);
      expect(await holdsOn(before.reporterId)).toEqual([]);
      for (const { reporterId } of [ids, before]) expect(await approve(reporterId)).toMatchObject(stands);
      await lift(by, holdId);
      expect(await holdsOn(ids.reporterId)).toEqual([]);
    }
  });

  it('tells whom the reporter shuts out nothing of them, and makes nobody known', async () => {
    const ids = await reporterAsks(stage, { people: [stage.idOf(another)] });
    const alike = async (id: string) => ({
      ...(await stage.get(of(id, 'erasure'), { as: supervisor })).body,
      instance: '',
    });
    await dieBeforeApproving(ids);
    expect(await alike(ids.clientId)).toEqual(await alike(randomUUID()));
    await caseFollows(stage, ids);
    const [answer, unreported] = [await hold(ids.clientId), await hold((await reported()).clientId)];
    expect(answer).toMatchObject({ status: 201 });
    expect(Object.keys(answer.body)).toEqual(Object.keys(unreported.body));
    expect(await stage.get(of(ids.reporterId, 'erasure'), { as: another })).toMatchObject({ status: 404 });
    expect(await approve(ids.reporterId)).toMatchObject(stands);
  });

  it('leaves the request in the list of what waits, and what is admitted is nothing that happens with the client', async () => {
    const ids = await reporterAsks(stage);
    await dieBeforeApproving(ids);
    const approved = await reporterAsks(stage);
    expect(await approve(approved.reporterId)).toMatchObject({ status: 200 });
    const waiting = async (): Promise<readonly string[]> =>
      (await stage.get('/v1/approvals?limit=100', { as: supervisor })).body.items.map(
        ({ clientId }: { clientId: string }) => clientId,
      );
    await eventually(async () => expect(await waiting()).not.toContain(approved.reporterId));
    expect(await waiting()).toContain(ids.reporterId);
    const silent = await stage.query('consent', 'SELECT status FROM erasures WHERE client_id = ANY($1)', [
      [ids.reporterId, ids.clientId, approved.clientId],
    ]);
    expect(silent).toEqual([{ status: 'requested' }]);
  });
});
