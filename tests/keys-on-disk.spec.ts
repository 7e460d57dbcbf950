import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { intake } from '@waymark/intake';
import { dataKeysMigration } from '@waymark/privacy';
import { openKeyStore } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import pg from 'pg';
import { sayErasureApproved } from './erasure-approved.fixture.js';
import { filesHolding } from './file-search.fixture.js';
import { type FollowedWal, followWal } from './wal-search.fixture.js';

jest.setTimeout(120_000);

const concern = {
  ...{ kind: 'concern_report', identity: 'anonymous', reporterRelation: 'affected_person', language: 'en' },
  ...{ matter: ['retaliation'], immediateDanger: false, narrative: 'It began in May.' },
};

describe('what is on the disk of a data key', () => {
  let stage: Stage;
  let wal: FollowedWal;
  const lines: string[] = [];
  beforeAll(async () => {
    stage = await startStage({ services: [intake], logLevel: 'warn', logTo: (line) => lines.push(line) });
    wal = await followWal(stage.eventStoreAdminUrl);
  });
  afterAll(async () => {
    await wal?.end();
    await stage?.close();
  });

  const store = () => stage.keysAdminUrlOf('intake');
  /** A person of whom intake knows something, and their key as it lies in the store. */
  const somebody = async (): Promise<{ readonly clientId: string; readonly wrapped: Buffer }> => {
    const { body } = await stage.ask('intake', 'POST', '/v1/concerns', { body: concern });
    for await (const { data } of stage.log.readStream(`concern-${body.concernId}`)) {
      const { clientId } = data as { clientId: string };
      return { clientId, wrapped: await wrappedOf(clientId) };
    }
    throw new Error('no concern');
  };
  const wrappedOf = async (clientId: string): Promise<Buffer> => {
    const sql = 'SELECT wrapped FROM data_keys WHERE subject_id = $1';
    const [row] = await stage.queryKeys<{ wrapped: Buffer }>('intake', sql, [clientId]);
    return row?.wrapped ?? Buffer.alloc(0);
  };
  const nowhere = (wrapped: Buffer) => eventually(async () => expect(await filesHolding(store(), wrapped)).toEqual([]));

  it('is gone from the files of its store soon after an erasure, while the keys of others stay', async () => {
    const [erased, other] = [await somebody(), await somebody()];
    expect(await filesHolding(store(), erased.wrapped)).toHaveLength(1);
    await sayErasureApproved(stage, erased.clientId);
    await nowhere(erased.wrapped);
    expect(await filesHolding(store(), other.wrapped)).toHaveLength(1);
    expect(await wrappedOf(other.clientId)).toEqual(other.wrapped);
  });

  it('stays in the write-ahead log until that is written over: what is said of backups holds for it', async () => {
    const erased = await somebody();
    await sayErasureApproved(stage, erased.clientId);
    await nowhere(erased.wrapped);
    expect((await wal.read()).text).toContain(erased.wrapped.toString('latin1'));
  });

  it('is gone at the next start when the service died before it was cleared', async () => {
    const { clientId, wrapped } = await somebody();
    await stage.stop('intake');
    await stage.queryKeys(
      'intake',
      `UPDATE data_keys SET wrapped = '', wrapping_key_id = '', destroyed_at = now() WHERE subject_id = $1`,
      [clientId],
    );
    expect(await filesHolding(store(), wrapped)).toHaveLength(1);
    await stage.start('intake');
    await nowhere(wrapped);
  });

  /** Again, as the service does: a long transaction in any database of the server keeps what has been overwritten since in sight. */
  const cleared = (keys: { clearRemains(): Promise<void> }) =>
    eventually(() => keys.clearRemains(), { timeoutMs: 60_000 });

  it('is tried again, and said, while a backup reads the table', async () => {
    const backup = new pg.Client({ connectionString: store() });
    await backup.connect();
    await backup.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM data_keys');
    const { clientId, wrapped } = await somebody();
    await sayErasureApproved(stage, clientId);
    await eventually(() => expect(lines.join('')).toContain('destroyed keys in the files'));
    expect(await filesHolding(store(), wrapped)).toHaveLength(1);
    await backup.query('COMMIT');
    await backup.end();
    await stage.stop('intake');
    await stage.start('intake');
    await nowhere(wrapped);
  });

  it('is not taken for gone while somebody has a snapshot in which it is there still', async () => {
    const onlooker = new pg.Client({ connectionString: store() });
    await onlooker.connect();
    await onlooker.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1');
    const { clientId, wrapped } = await somebody();
    const keys = await openKeyStore(intake, stage.environmentOf('intake'));
    await keys.database.query(`UPDATE data_keys SET wrapped = 'anew' WHERE subject_id = $1`, [clientId]);
    await expect(keys.clearRemains()).rejects.toThrow("still in somebody's sight");
    expect(await filesHolding(store(), wrapped)).toHaveLength(1);
    await Promise.all([cleared(keys), onlooker.query('COMMIT')]);
    await onlooker.end();
    await keys.close();
    expect(await filesHolding(store(), wrapped)).toEqual([]);
  });

  it('is gone, as the earlier version wrapped it, after a rewrapping', async () => {
    const { clientId, wrapped } = await somebody();
    const keys = await openKeyStore(intake, stage.environmentOf('intake'));
    await keys.database.query(`UPDATE data_keys SET wrapped = 'anew' WHERE subject_id = $1`, [clientId]);
    await cleared(keys);
    await keys.close();
    expect(await filesHolding(store(), wrapped)).toEqual([]);
  });

  it('is gone from the service’s own database when it has moved from there', async () => {
    const own = new URL(store());
    own.pathname = new URL(String(stage.environmentOf('intake').DATABASE_URL)).pathname;
    await stage.stop('intake');
    await stage.query('intake', dataKeysMigration);
    const wrapped = Buffer.from(randomUUID());
    await stage.query(
      'intake',
      `INSERT INTO data_keys (subject_id, wrapped, wrapping_key_id) VALUES ($1, $2, 'version')`,
      [randomUUID(), wrapped],
    );
    expect(await filesHolding(own.toString(), wrapped)).toHaveLength(1);
    await stage.start('intake');
    expect(await filesHolding(own.toString(), wrapped)).toEqual([]);
    expect(await filesHolding(store(), wrapped)).toHaveLength(1);
  });
});
