import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { caseService } from '@waymark/case';
import { intake } from '@waymark/intake';
import { startService } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { acceptedCase } from './accepted-case.fixture.js';
import { concernShuttingOut } from './shut-out.fixture.js';

jest.setTimeout(200_000);

describe('the key of one person that is missing, as after a restore of older keys', () => {
  let stage: Stage;
  let lacking: string;
  let clientId: string;
  beforeAll(async () => {
    stage = await startStage({ services: [intake, caseService], logLevel: 'silent' });
    lacking = await concernShuttingOut(stage, { people: [stage.idOf('kwame.officer')] });
    const [line] = await stage.query<{ client_id: string }>('intake', 'SELECT client_id FROM concern_queue');
    clientId = String(line?.client_id);
    await acceptedCase(stage, await concernShuttingOut(stage), 'amina.officer');
    await stage.stop('intake');
    await stage.queryKeys('intake', 'DELETE FROM data_keys WHERE subject_id = $1', [clientId]);
    // Kafka has lost its data, and the views are folded anew.
    await stage.query('intake', 'UPDATE relay_checkpoint SET position = 0, published = 0, epoch = epoch + 1');
    await stage.query('intake', 'DELETE FROM relay_sequence');
    for (const table of ['response_clocks', 'concern_queue', 'contact_marks', 'quiet_concerns', 'receipts'])
      await stage.query('intake', `DELETE FROM ${table}`);
    await stage.query('intake', 'UPDATE view_generations SET position = 0');
    await stage.start('intake');
  });
  afterAll(() => stage?.close());

  const stopped = async () => {
    const rows = await stage.query<{ view: string; stopped_because: string }>(
      'intake',
      'SELECT view, stopped_because FROM view_generations WHERE stopped_at IS NOT NULL',
    );
    return rows.map(({ view, stopped_because }) => `${view}: ${stopped_because.replace(/^.* /, '')}`);
  };
  const queueOf = async (as: string) => {
    const { status, body } = await stage.ask('intake', 'GET', '/v1/concerns?waitingFor=any', { as });
    return { status, items: (body.items ?? []).map(({ concernId }: { concernId: string }) => concernId) };
  };

  it('keeps nobody else’s messages back and nobody’s clocks: only views that tell what was sealed stop', async () => {
    await eventually(async () => {
      const relays = "SELECT FROM relay_checkpoint WHERE service = 'intake' AND published > 0";
      expect(await stage.query('intake', relays)).toHaveLength(1);
    });
    const another = await concernShuttingOut(stage);
    for (const concernId of [lacking, another])
      await eventually(async () => {
        const bells = 'SELECT FROM response_clocks WHERE concern_id = $1';
        expect(await stage.query('intake', bells, [concernId])).toHaveLength(3);
      });
    await eventually(async () => expect(await stopped()).toEqual(['concern-queue: key_missing']));
    expect(await stage.ask('intake', 'GET', '/health/ready')).toMatchObject({
      status: 200,
      body: { status: 'degraded', parts: { views: 'degraded: concern-queue has stopped' } },
    });
  });

  it('leaves the others’ texts readable and theirs unreadable once an operator says that it is lost for good, and shuts out whom it shut out', async () => {
    await stage.stop('intake');
    const lost = await startService(intake, { environment: { ...stage.environmentOf('intake'), KEYS_LOST: 'true' } });
    await lost.stop();
    await stage.start('intake');
    await eventually(async () => expect(await stopped()).toEqual([]));
    await eventually(async () => expect((await queueOf('amina.officer')).items).toHaveLength(3));
    expect((await queueOf('amina.officer')).items).toContain(lacking);
    const toOther = await queueOf('kwame.officer');
    expect(toOther).toMatchObject({ status: 200, items: [expect.anything(), expect.anything()] });
    expect(toOther.items).not.toContain(lacking);
    const take = (as: string) => stage.ask('intake', 'POST', `/v1/concerns/${lacking}/allocation`, { as, body: {} });
    expect((await take('kwame.officer')).status).toBe(404);
    expect((await take('amina.officer')).status).toBe(200);
    const { body } = await stage.ask('intake', 'GET', `/v1/concerns/${lacking}`, { as: 'amina.officer' });
    expect(body.account).toEqual({});
    const letter = { as: 'amina.officer', body: { text: 'We are here.' } };
    expect(await stage.ask('intake', 'POST', `/v1/concerns/${lacking}/messages`, letter)).toMatchObject({
      ...{ status: 409, body: { code: 'person_erased' } },
    });
    // No other key is made in its place, under which what was sealed before would look altered.
    const keys = 'SELECT subject_id FROM data_keys WHERE destroyed_at IS NOT NULL';
    expect(await stage.queryKeys('intake', keys)).toEqual([{ subject_id: clientId }]);
  });
});
