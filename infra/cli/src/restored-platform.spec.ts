import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { openPostgresEventStore } from '@waymark/event-store';
import { provision, services } from '@waymark/provision';
import {
  newEvents,
  openEmptyDatabase,
  openLogGround,
  temporaryFolder,
  waymark,
  type LogGround,
} from './log-ground.fixture.js';

const prefix = `r${randomBytes(4).toString('hex')}`;
const databaseOf = (server: string, name: string): string =>
  Object.assign(new URL(server), { pathname: `/${name}` }).href;

let ground: LogGround;
let server: Awaited<ReturnType<typeof openEmptyDatabase>>;
let files: Awaited<ReturnType<typeof temporaryFolder>>;
let admin: pg.Client;

beforeAll(async () => {
  ground = await openLogGround(['concern', 'case']);
  server = await openEmptyDatabase();
  files = await temporaryFolder();
  admin = new pg.Client({ connectionString: server.adminUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.query(`drop database if exists ${prefix}_events with (force)`);
  for (const { name } of services) {
    await admin.query(`drop database if exists ${prefix}_${name} with (force)`);
    await admin.query(`drop role if exists ${prefix}_${name}`);
  }
  await admin.end();
  await server.close();
  await ground.close();
  await files.remove();
});

describe('a platform on a server that has nothing but an export', () => {
  it('gets its log from the export and its roles from provisioning, and goes on', async () => {
    await ground.store.append('concern-a', 'none', newEvents(30));
    await ground.store.append('case-a', 'none', newEvents(30));
    const out = files.at('export');
    expect((await waymark('events', 'export', '--url', ground.url, '--out', out)).code).toBe(0);

    await admin.query(`create database ${prefix}_events`);
    const adminUrl = databaseOf(server.adminUrl, `${prefix}_events`);
    expect((await waymark('events', 'import', '--admin-url', adminUrl, '--from', out)).code).toBe(0);
    const secretsDir = files.at('secrets');
    const environments = await provision({ adminUrl: server.adminUrl, secretsDir, prefix, bus: 'kafka' });
    const urlOf = (service: string) => String(environments.get(service)?.EVENT_STORE_URL);

    const verify = ['events', 'verify', '--url', urlOf('audit'), '--admin-url', adminUrl, '--json'];
    const { code, out: told } = await waymark(...verify, '--expect', files.at('export/heads.jsonl'));
    expect({ code, ...JSON.parse(told) }).toMatchObject({ code: 0, events: 60, tables: { intact: true } });
    const intake = openPostgresEventStore({ url: urlOf('intake') });
    expect(await intake.append('concern-a', 29, newEvents(1))).toMatchObject({ revision: 30 });
    await expect(intake.append('case-a', 29, newEvents(1))).rejects.toMatchObject({ code: 'category_forbidden' });
    await intake.close();
    expect((await waymark(...verify)).code).toBe(0);
  });
});
