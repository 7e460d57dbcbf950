import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { intake } from '@waymark/intake';
import { spawnService } from '@waymark/processes';
import { type Stage, startStage } from '@waymark/stage';
import { eventually, freePort } from '@waymark/testing';
import { sayErasureApproved } from './erasure-approved.fixture.js';
import { buildServices } from './processes.fixture.js';
import { holdUp, type Standstill } from './standstill.fixture.js';

jest.setTimeout(180_000);

const officer = 'amina.officer';
const concern = {
  ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'affected_person', language: 'ar' },
  ...{ matter: ['retaliation'], immediateDanger: false, narrative: 'It began in May.', place: { country: 'BD' } },
};

/** What a person who is being erased looks like from outside. */
interface Standing {
  readonly key: 'alive' | 'destroyed';
  readonly queue: 'tells' | 'cleared';
  readonly noted: boolean;
}

describe('a service that is killed while it erases', () => {
  let stage: Stage;
  beforeAll(async () => {
    await buildServices();
    stage = await startStage({ services: [intake], logLevel: 'error' });
  }, 240_000);
  afterAll(() => stage?.close());

  const raise = async () => {
    const { body } = await stage.ask('intake', 'POST', '/v1/concerns', { body: concern });
    const [{ data }] = await eventsOf(`concern-${body.concernId}`);
    return { concernId: String(body.concernId), clientId: (data as { clientId: string }).clientId };
  };
  const eventsOf = async (stream: string) => {
    const events: { readonly type: string; readonly data: unknown }[] = [];
    for await (const event of stage.log.readStream(stream)) events.push(event);
    return events as [(typeof events)[number], ...typeof events];
  };
  const keyOf = async (clientId: string) => {
    const [key] = await stage.queryKeys<{ destroyed_at: Date | null; created_at: Date }>(
      'intake',
      'SELECT created_at, destroyed_at FROM data_keys WHERE subject_id = $1',
      [clientId],
    );
    return key;
  };
  const standing = async ({ clientId, concernId }: Awaited<ReturnType<typeof raise>>): Promise<Standing> => ({
    key: (await keyOf(clientId))?.destroyed_at ? 'destroyed' : 'alive',
    queue: (await eventsOf(`concern-${concernId}`)).some(({ type }) => type === 'PersonErased') ? 'cleared' : 'tells',
    noted: (await eventsOf(`intake_erasure-${clientId}`)).length > 0,
  });

  /** A process of the service that hears of the approval, comes as far as the standstill and dies there, its connections with it. */
  const dieAt = async (clientId: string, standstill: Standstill): Promise<void> => {
    const environment = { ...process.env, ...stage.environmentOf('intake'), PORT: String(await freePort()) };
    const logFile = join(tmpdir(), `waymark-dying-${randomUUID()}.log`);
    const process_ = await spawnService({ name: 'intake', environment, logFile });
    try {
      await process_.untilReady();
      await sayErasureApproved(stage, clientId);
      await standstill.reached();
    } finally {
      await process_.kill();
      await standstill.lift();
    }
  };

  const moments: readonly (readonly [string, () => Promise<Standstill>, Standing])[] = [
    [
      'before the key is destroyed',
      () => holdUp(stage.keysAdminUrlOf('intake'), 'data_keys', 'NEW.destroyed_at IS NOT NULL'),
      { key: 'alive', queue: 'tells', noted: false },
    ],
    [
      'after the key is destroyed, before the queue is cleared',
      () => holdUp(stage.eventStoreAdminUrl, 'waymark.events', `NEW.type = 'PersonErased'`),
      { key: 'destroyed', queue: 'tells', noted: false },
    ],
    [
      'after the queue is cleared, before it is noted in the log',
      () => holdUp(stage.eventStoreAdminUrl, 'waymark.events', `NEW.type = 'SubjectErased'`),
      { key: 'destroyed', queue: 'cleared', noted: false },
    ],
    [
      'after it is noted, before the message counts as heard',
      () => holdUp(String(stage.environmentOf('intake').DATABASE_URL), 'inbox', 'true', { atCommit: true }),
      { key: 'destroyed', queue: 'cleared', noted: true },
    ],
  ];

  it.each(moments)('%s, goes on where it was, and certifies when the key was destroyed', async (_, hold, left) => {
    const erased = await raise();
    const spared = await raise();
    await stage.stop('intake');
    await dieAt(erased.clientId, await hold());
    expect(await standing(erased)).toEqual(left);
    const before = await keyOf(erased.clientId);

    await stage.start('intake');
    await eventually(async () =>
      expect(await standing(erased)).toEqual({ key: 'destroyed', queue: 'cleared', noted: true }),
    );
    const key = await keyOf(erased.clientId);
    if (before?.destroyed_at) expect(key).toEqual(before);
    const notes = await eventsOf(`intake_erasure-${erased.clientId}`);
    expect(notes.map(({ data }) => data)).toMatchObject([
      { keyMadeAt: key?.created_at.toISOString(), destroyedAt: key?.destroyed_at?.toISOString() },
    ]);
    const cleared = (await eventsOf(`concern-${erased.concernId}`)).filter(({ type }) => type === 'PersonErased');
    expect(cleared).toHaveLength(1);
    expect(await stage.query('intake', 'SELECT 1 FROM dead_letters')).toEqual([]);

    await eventually(async () => {
      const { body } = await stage.ask('intake', 'GET', '/v1/concerns?waitingFor=any&limit=100', { as: officer });
      const lineOf = (id: string) => body.items.find((line: { concernId: string }) => line.concernId === id);
      expect(lineOf(erased.concernId)).not.toHaveProperty('country');
      expect(lineOf(spared.concernId)).toMatchObject({ country: 'BD' });
    });
    expect(await standing(spared)).toEqual({ key: 'alive', queue: 'tells', noted: false });
  });

  it('holds to the first time also when the key had come back and is destroyed again at the start', async () => {
    const { clientId } = await raise();
    const [wrapped] = await stage.queryKeys<Record<string, unknown>>(
      'intake',
      'SELECT wrapped, wrapping_key_id FROM data_keys WHERE subject_id = $1',
      [clientId],
    );
    await sayErasureApproved(stage, clientId);
    await eventually(async () => (await eventsOf(`intake_erasure-${clientId}`)).length === 1);
    const first = await keyOf(clientId);
    await stage.stop('intake');
    await stage.queryKeys(
      'intake',
      'UPDATE data_keys SET wrapped = $2, wrapping_key_id = $3, destroyed_at = NULL WHERE subject_id = $1',
      [clientId, wrapped?.wrapped, wrapped?.wrapping_key_id],
    );
    await stage.start('intake');
    expect((await keyOf(clientId))?.destroyed_at).toEqual(first?.destroyed_at);
  });
});
