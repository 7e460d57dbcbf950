import { open } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@waymark/testing';
import { newEvent, newEvents, readStream, refusalOf } from '../contract/log-under-contract.js';
import { openLogUnderTest, type LogUnderTest } from './log-under-test.js';
import { startServerUnderTest, type ServerUnderTest } from './server-under-test.js';

describe('a log in which one stream is damaged on the disk', () => {
  let server: ServerUnderTest;
  let log: LogUnderTest;

  beforeAll(async () => {
    server = await startServerUnderTest();
    log = await openLogUnderTest(server.url());
  });
  afterAll(async () => {
    await log?.close();
    await server?.close();
  });

  /** Where long texts lie, apart from the events they are of. */
  const fileOfLongTexts = async (): Promise<string> => {
    const admin = await log.connect(server.url());
    const { rows } = await admin.query<{ file: string }>(
      `select pg_relation_filepath(reltoastrelid) as file from pg_class where oid = 'waymark.events'::regclass`,
    );
    return path.join(server.folder, rows[0]?.file ?? '');
  };
  const damage = async (file: string): Promise<void> => {
    await server.stop();
    const handle = await open(file, 'r+');
    await handle.write(randomBytes(4_096), 0, 4_096, 2_048);
    await handle.close();
    await server.start();
  };

  it('tells it from a log that is away: the stream is refused as damaged, the others are read and appended to', async () => {
    const store = await log.storeFor({ append: ['thing'] });
    await store.append('thing-long', 'none', [newEvent({ text: randomBytes(6_000).toString('base64') })]);
    await store.append('thing-short', 'none', newEvents(2));
    await damage(await fileOfLongTexts());
    await eventually(() => store.ping());
    expect(await refusalOf(readStream(store, 'thing-long'))).toEqual({ code: 'damaged' });
    expect(await refusalOf(store.readAll({ after: 0n }))).toEqual({ code: 'damaged' });
    expect(await readStream(store, 'thing-short')).toHaveLength(2);
    expect(await refusalOf(store.append('thing-short', 1, [newEvent()]))).toBe('accepted');
  });
});
