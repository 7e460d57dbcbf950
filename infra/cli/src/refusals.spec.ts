import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { grantCategories } from '@waymark/event-store';
import { createTestRole, freePort } from '@waymark/testing';
import { newEvents, openLogGround, temporaryFolder, waymark, type LogGround } from './log-ground.fixture.js';

let ground: LogGround;
let files: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  ground = await openLogGround();
  files = await temporaryFolder();
  await ground.store.append('thing-a', 'none', newEvents(3));
});
afterAll(async () => {
  await ground.close();
  await files.remove();
});

const letter = '0195f3c2-7a11-8000-8000-000000000001';

const reading = (url: string): readonly (readonly string[])[] => [
  ['verify', '--url', url],
  ['export', '--url', url, '--out', files.at('refused')],
  ['stats', '--url', url],
];

describe('the command line', () => {
  it('describes itself and its exit codes', async () => {
    for (const command of [[], ['verify'], ['export'], ['import'], ['stats']]) {
      const { code, out } = await waymark('events', ...command, '--help');
      expect(code).toBe(0);
      expect(out).toContain('Exit codes: 0 fine, 1 ');
    }
  });

  it.each([
    [['events', 'forget']],
    [['events', 'verify']],
    [['events', 'verify', '--url', 'somewhere']],
    [['events', 'verify', '--url', 'http://127.0.0.1/']],
    [['events', 'export', '--url', 'postgres://x@127.0.0.1/x']],
    [['events', 'stats', '--days', '0']],
    [['events', 'import', '--from', '.', '--admin-url', 'postgres://x@127.0.0.1/x', '--digest', 'short']],
    [['events', 'import', '--from', '/nowhere', '--admin-url', 'postgres://x@127.0.0.1/x']],
    [['messages', 'publish-again', '--database', 'postgres://x@127.0.0.1/x']],
    [['messages', 'publish-again', '--service', 'case']],
    [
      [
        'messages',
        'publish-again',
        '--service',
        'case',
        '--database',
        'postgres://x@127.0.0.1/x',
        '--operator',
        'me; you',
      ],
    ],
    [['messages', 'dead']],
    [['messages', 'dead', 'list']],
    [['messages', 'dead', 'list', '--database', 'postgres:somewhere']],
    [['messages', 'dead', 'show', 'the-third', '--database', 'postgres://x@127.0.0.1/x']],
    [['messages', 'dead', 'discard', letter, '--database', 'postgres://x@127.0.0.1/x']],
    [['messages', 'dead', 'discard', letter, '--database', 'postgres://x@127.0.0.1/x', '--reason', 'because']],
    [['messages', 'dead', 'discard', '--database', 'postgres://x@127.0.0.1/x', '--reason', 'duplicate', '--all', '3']],
    [['messages', 'dead', 'redrive', '--database', 'postgres://x@127.0.0.1/x', '--because-of', 'the weather']],
    [['messages', 'dead', 'redrive', letter, '--database', 'postgres://x@127.0.0.1/x', '--go-on']],
    [['messages', 'dead', 'redrive', letter, '--database', 'postgres://x@127.0.0.1/x', '--operator', 'me; and you']],
    [['events', 'verify', '--stream', 'thing-a', '--heads', 'x', '--url', 'postgres://x@127.0.0.1/x']],
  ])('refuses wrong use: %j', async (args) => {
    const { code, out, err } = await waymark(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).not.toBe('');
  });

  it('refuses a database that is none of a service', async () => {
    const { code, out, err } = await waymark('messages', 'dead', 'list', '--database', ground.adminUrl);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('not the database of a service');
  });

  it('says when the database of a service cannot be reached, without the password', async () => {
    const away = `postgres://role:a-secret-word@127.0.0.1:${await freePort()}/waymark`;
    for (const command of [
      ['list'],
      ['show', letter],
      ['redrive', letter],
      ['discard', letter, '--reason', 'duplicate'],
    ]) {
      const { code, out, err } = await waymark('messages', 'dead', ...command, '--database', away);
      expect({ code, out }).toEqual({ code: 3, out: '' });
      expect(err).toMatch(/^the database cannot be reached: .*ECONNREFUSED/);
      expect(err).not.toContain('a-secret-word');
    }
  });

  it('says when the log cannot be reached', async () => {
    for (const args of reading(`postgres://role:secret-word@localhost:${await freePort()}/waymark`)) {
      const { code, out, err } = await waymark('events', ...args);
      expect({ code, out }).toEqual({ code: 3, out: '' });
      expect(err).toMatch(/^the log cannot be reached: .*ECONNREFUSED/);
    }
  });

  it('never prints a password, whatever is wrong', async () => {
    const wrong = new URL(ground.url);
    wrong.password = 'a-secret%2Fword';
    for (const address of [wrong.href, `postgres://role:a-secret%2Fword@no-such-host.invalid/waymark`]) {
      for (const args of reading(address)) {
        const { code, out, err } = await waymark('events', ...args);
        expect(code).toBe(3);
        expect(out + err).not.toMatch(/a-secret/);
      }
    }
    const mistyped = await waymark('events', 'verify', '--url', 'postgress://role:a-secret@host/waymark');
    expect(mistyped.code).toBe(2);
    expect(mistyped.err).not.toMatch(/a-secret/);
    const misplaced = await waymark('events', 'verify', 'postgres://role:a-secret@host/waymark');
    expect(misplaced.code).toBe(2);
    expect(misplaced.err).not.toMatch(/a-secret/);
    const unknown = await waymark('events', 'verify', '--ulr=postgres://role:a-secret@host/waymark');
    expect(unknown.code).toBe(2);
    expect(unknown.err).not.toMatch(/a-secret/);
  });

  it('refuses a role that sees a part of the log only, and one that sees nothing of it', async () => {
    const part = await createTestRole({ url: ground.adminUrl });
    await grantCategories({ adminUrl: ground.adminUrl, role: part.name, append: [], read: ['thing'] });
    const stranger = await createTestRole({ url: ground.adminUrl });
    for (const { url } of [part, stranger, { url: ground.adminUrl }]) {
      for (const args of reading(url)) {
        const { code, out, err } = await waymark('events', ...args);
        expect({ code, out }).toEqual({ code: 2, out: '' });
        expect(err).toContain('may not read the whole log');
      }
    }
    await part.drop();
    await stranger.drop();
  });

  it('stops at an event that is no JSON any more, and says where', async () => {
    await ground.store.append('thing-b', 'none', newEvents(40));
    const before = (await ground.store.readStreamMetadata('thing-b'))?.position ?? 0n;
    await ground.store.append('thing-c', 'none', newEvents(40));
    await ground.sql('alter table waymark.events drop constraint events_sound_check');
    await ground.tamper(`update waymark.events set data = 'forged' where stream_id = 'thing-c' and revision = 3`);
    for (const args of reading(ground.url)) {
      const { code, out, err } = await waymark('events', ...args);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toBe(`the event after position ${before + 3n} is not JSON\n`);
    }
  });
});
