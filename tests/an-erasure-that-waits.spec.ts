import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { consent } from '@waymark/consent';
import { intake } from '@waymark/intake';
import { referral } from '@waymark/referral';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { FollowedCases } from './followed-case.fixture.js';
import { concernShuttingOut } from './shut-out.fixture.js';
import { holdUp } from './standstill.fixture.js';

jest.setTimeout(180_000);

const [officer, supervisor] = ['amina.officer', 'tomas.supervisor'];

/** As the bus on PostgreSQL does: what lies in one partition is heard one after the other. */
const partitionOf = (subject: string): number =>
  (parseInt(createHash('md5').update(subject).digest('hex').slice(0, 8), 16) & 0x7fffffff) % 6;

describe('an erasure that a view does not show yet', () => {
  let stage: Stage;
  let cases: FollowedCases;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService, consent, referral], logLevel: 'fatal' });
    cases = new FollowedCases(stage, officer);
  });
  afterAll(() => stage?.close());

  const typesIn = async (stream: string): Promise<readonly string[]> => {
    const types: string[] = [];
    for await (const { type } of stage.log.readStream(stream)) types.push(type);
    return types;
  };
  const referred = async (beside?: string) => {
    let opened = await cases.open();
    while (beside !== undefined && partitionOf(opened.clientId) !== partitionOf(beside)) opened = await cases.open();
    return { ...opened, referralId: await cases.send(opened) };
  };

  it('holds up nobody else: the withdrawal of another client in its partition is applied, and it ends when the view goes on', async () => {
    const erased = await referred();
    const other = await referred(erased.clientId);
    const standstill = await holdUp(
      String(stage.environmentOf('referral').DATABASE_URL),
      'view_generations',
      `NEW.view = 'referrals'`,
    );
    const noted = `referral_erasure-${erased.clientId}`;
    try {
      // What the view will not show.
      const acknowledged = await cases.askOfReferrals(
        'POST',
        `/${erased.referralId}/acknowledgement`,
        'olivier.ombudsman',
      );
      expect(acknowledged).toMatchObject({ status: 200 });
      await cases.askOfClient('POST', erased.clientId, 'erasure-requests', officer, { way: 'oral' });
      expect(await cases.askOfClient('POST', erased.clientId, 'erasure-approval', supervisor)).toMatchObject({
        status: 200,
      });
      await eventually(async () => {
        const keys = await stage.queryKeys('referral', 'SELECT destroyed_at FROM data_keys WHERE subject_id = $1', [
          erased.clientId,
        ]);
        expect(keys).toMatchObject([{ destroyed_at: expect.any(Date) }]);
      });
      const [given] = (await cases.askOfClient('GET', other.clientId, 'consents', officer)).body.items;
      const withdrawal = `consents/${given.consentId}/withdrawal`;
      expect(await cases.askOfClient('POST', other.clientId, withdrawal, officer, { way: 'oral' })).toMatchObject({
        status: 200,
      });
      await eventually(
        async () => expect(await typesIn(`referral-${other.referralId}`)).toContain('ReferralSuspended'),
        { timeoutMs: 30_000 },
      );
      expect(await typesIn(noted)).toEqual([]);
      expect(await stage.query('referral', 'SELECT 1 FROM unfinished_erasures')).toHaveLength(1);
      expect(await stage.query('referral', 'SELECT 1 FROM dead_letters')).toEqual([]);
    } finally {
      await standstill.lift();
    }
    await eventually(
      async () => {
        stage.clock.advance({ minutes: 5 });
        expect(await typesIn(noted)).toEqual(['SubjectErased']);
        const { body } = await cases.askOfClient('GET', erased.clientId, 'erasure', supervisor);
        expect(body).toMatchObject({ erasure: { status: 'completed' } });
      },
      { timeoutMs: 30_000 },
    );
    expect(await stage.query('referral', 'SELECT 1 FROM unfinished_erasures')).toEqual([]);
  });

  it('is finished when the queue goes on, with what has to be cleared in it, and is no dead letter meanwhile', async () => {
    const erased = await cases.open();
    const standstill = await holdUp(
      String(stage.environmentOf('intake').DATABASE_URL),
      'view_generations',
      `NEW.view = 'concern-queue'`,
    );
    const noted = `intake_erasure-${erased.clientId}`;
    const waiting = () => stage.query('intake', 'SELECT erasure_id FROM unfinished_erasures');
    try {
      // What the queue will not show.
      await concernShuttingOut(stage);
      await cases.askOfClient('POST', erased.clientId, 'erasure-requests', officer, { way: 'oral' });
      expect(await cases.askOfClient('POST', erased.clientId, 'erasure-approval', supervisor)).toMatchObject({
        status: 200,
      });
      await eventually(async () => expect(await waiting()).toHaveLength(1), { timeoutMs: 30_000 });
      expect(await typesIn(noted)).toEqual([]);
      expect(await stage.query('intake', 'SELECT 1 FROM dead_letters')).toEqual([]);
      const keys = 'SELECT destroyed_at FROM data_keys WHERE subject_id = $1';
      expect(await stage.queryKeys('intake', keys, [erased.clientId])).toMatchObject([
        { destroyed_at: expect.any(Date) },
      ]);
    } finally {
      await standstill.lift();
    }
    await eventually(
      async () => {
        stage.clock.advance({ minutes: 5 });
        expect(await typesIn(noted)).toEqual(['SubjectErased']);
        const { body } = await cases.askOfClient('GET', erased.clientId, 'erasure', supervisor);
        expect(body).toMatchObject({ erasure: { status: 'completed' } });
      },
      { timeoutMs: 60_000 },
    );
    expect(await waiting()).toEqual([]);
    const told = 'SELECT language FROM concern_queue WHERE client_id = $1';
    expect(await stage.query('intake', told, [erased.clientId])).toEqual([{ language: 'und' }]);
  });
});
