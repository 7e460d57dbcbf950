import { describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { ids, newEvents, readStream } from '../contract/log-under-contract.js';
import { openLogUnderTest } from './log-under-test.js';

describe('an append whose connection is killed under it', () => {
  it('is made again by itself, and stored once', async () => {
    const log = await openLogUnderTest();
    const { name, url } = await log.role({ append: ['thing'] });
    const store = log.openStore(url);
    const [first, second] = [newEvents(1), newEvents(2)];
    await store.append('thing-1', 'none', first);
    const [holder, admin] = [await log.connect(log.url), await log.connect(log.url)];
    await holder.query('begin');
    await holder.query(`select pg_advisory_xact_lock(hashtextextended('thing-1', 0))`);
    const appending = store.append('thing-1', 0, second);
    const kill = async (): Promise<boolean> => {
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = $1 and wait_event_type = 'Lock'`,
        [name],
      );
      return rowCount === 1;
    };
    await eventually(kill);
    await holder.query('rollback');
    expect(await appending).toMatchObject({ revision: 2, repeated: false });
    expect(ids(await readStream(store, 'thing-1'))).toEqual(ids([...first, ...second]));
    await log.close();
  });
});
