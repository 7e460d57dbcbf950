import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dataKeysMigration } from '@waymark/privacy';
import { createTestDatabase, eventually, type TestDatabase } from '@waymark/testing';
import { ConfigError } from './config-error.js';
import { connectKeyDatabase, openKeyDatabase } from './open-key-database.js';
import { toProblem } from './problem.filter.js';

describe('the store of data keys, as a service opens it', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase('open_keys');
  });
  afterAll(async () => {
    await database.drop();
  });

  const refusal = async (address: string): Promise<string> => {
    const refused = await openKeyDatabase('intake', address).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ConfigError);
    return String(refused);
  };

  it('is refused at the start when it is not there, nobody’s or empty of tables, by the variable and never by the password', async () => {
    const wrong = new URL(database.url);
    wrong.username = 'nobody';
    wrong.password = 's3cret';
    const [nobody, nowhere] = [wrong.toString(), Object.assign(new URL(wrong), { port: '1' }).toString()];
    for (const address of [nobody, nowhere, database.url]) {
      const message = await refusal(address);
      expect(message).toContain('intake cannot start: KEYS_DATABASE_URL: ');
      expect(message).not.toContain('s3cret');
    }
    expect(await refusal(database.url)).toContain('data_keys');
  });

  it('is 503 keys_unavailable when it goes away in the middle, and there again when it is back', async () => {
    const server = connectKeyDatabase(database.url, 'test', 1);
    await server.query(dataKeysMigration);
    const store = await openKeyDatabase('intake', database.url);
    const asked = store.query('SELECT pg_sleep(60)', []).catch((failure: unknown) => failure);
    await eventually(async () => {
      const { rowCount } = await server.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'`,
      );
      return rowCount === 1;
    });
    expect(toProblem(await asked)).toMatchObject({ status: 503, code: 'keys_unavailable' });
    await store.query('SELECT FROM data_keys', []);
    await store.close();
    await server.end();
  });

  it('hands on whatever else is wrong', async () => {
    const store = await openKeyDatabase('intake', database.url);
    await expect(store.query('SELECT FROM nothing', [])).rejects.toThrow('nothing');
    await store.close();
  });
});
