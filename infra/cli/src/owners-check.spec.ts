import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newEvents, openLogGround, waymark, type LogGround } from './log-ground.fixture.js';

let ground: LogGround;
beforeAll(async () => {
  ground = await openLogGround();
  for (const name of ['thing-a', 'thing-b', 'other-c']) await ground.store.append(name, 'none', newEvents(5));
});
afterAll(() => ground.close());

const verify = (...args: readonly string[]) => waymark('events', 'verify', '--url', ground.url, ...args);
const asOwner = async () => {
  const { code, out } = await verify('--admin-url', ground.adminUrl, '--json');
  const { intact, tables } = JSON.parse(out);
  expect(code).toBe(intact ? 0 : 1);
  return tables;
};
const nothing = { intact: true, faults: [], unguarded: [] };

describe('what only the owner of the log can look at', () => {
  it('is as it should be in a log that nobody has touched', async () => {
    expect(await asOwner()).toEqual(nothing);
    const { out } = await verify('--admin-url', ground.adminUrl);
    expect(out).toContain('The tables agree with it, and what guards them is in place.');
  });

  const events = 'waymark.events';
  const fault = (stream: string, revision: number, kind: string) => ({ faults: [{ stream, revision, kind }] });
  it.each<[string, string, string, object]>([
    [
      'an event kept from the readers of its category',
      `update ${events} set category = 'other' where stream_id = 'thing-a' and revision = 3`,
      `update ${events} set category = 'thing' where stream_id = 'thing-a'`,
      fault('thing-a', 3, 'category'),
    ],
  ])('shows %s, which readers cannot see', async (_what, tampering, mending, expected) => {
    await ground.tamper(tampering);
    expect((await verify()).code).toBe(0);
    expect(await asOwner()).toEqual({ ...nothing, ...expected, intact: false });
    expect((await verify('--admin-url', ground.adminUrl)).out).toMatch(/, revision \d: category \(/);
    await ground.tamper(mending);
    expect(await asOwner()).toEqual(nothing);
  });

  it.each<[string, string, string, string]>([
    [
      'a trigger switched off',
      `alter table ${events} disable trigger events_append_only`,
      `alter table ${events} enable always trigger events_append_only`,
      'trigger events_append_only does not refuse changes of waymark.events',
    ],
    [
      'a trigger that a setting gets around',
      `alter table ${events} enable trigger events_append_only`,
      `alter table ${events} enable always trigger events_append_only`,
      'trigger events_append_only does not refuse changes of waymark.events',
    ],
    [
      'a dropped constraint',
      `alter table ${events} drop constraint events_event_id_key`,
      `alter table ${events} add constraint events_event_id_key unique (event_id)`,
      'constraint events_event_id_key of waymark.events is missing',
    ],
    [
      'a right given away',
      `grant update on ${events} to public`,
      `revoke update on ${events} from public`,
      'everybody has the right to update waymark.events',
    ],
  ])('shows %s', async (_what, opening, mending, expected) => {
    await ground.sql(opening);
    expect(await asOwner()).toEqual({ ...nothing, intact: false, unguarded: [expected] });
    await ground.sql(mending);
    expect(await asOwner()).toEqual(nothing);
  });

  it('is refused to others, and agrees with a log that is being appended to', async () => {
    expect((await verify('--admin-url', ground.url)).code).toBe(2);
    let appending = true;
    const appender = (async () => {
      while (appending) await ground.store.append('thing-busy', 'any', newEvents(2));
    })();
    for (let look = 0; look < 5; look += 1) expect(await asOwner()).toEqual(nothing);
    appending = false;
    await appender;
  });
});
