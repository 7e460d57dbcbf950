import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FailedRead, Principal } from '@waymark/access';
import { openPostgresEventStore, type RecordedEvent } from '@waymark/event-store';
import { FakeClock } from '@waymark/testing';
import { toProblem } from './problem.filter.js';
import { notFound, Problem } from './problem.js';
import { ReadLog } from './read-log.js';
import { namedInAMinute, RefusedReads } from './refused-reads.js';
import { prepareGround, type TallyGround } from './tally-ground.fixture.js';

const person = (): Principal => ({ kind: 'staff', id: randomUUID(), roles: ['officer'], unit: 'support_desk' });
const addressed = (url: string, params: object) => ({ routeOptions: { url }, params });
const ofCase = (id: string) => addressed('/v1/cases/:id/notes', { id });
const refusal = (principal: Principal, request: object, more: Partial<FailedRead> = {}): FailedRead => ({
  ...{ request, principal, action: 'ListNotes', outcome: 'hidden', error: notFound() },
  ...more,
});
/** What does not exist: the policies were not asked. */
const nothing = ({ outcome: _, ...failed }: FailedRead): FailedRead => failed;

describe('A refused reading', () => {
  let ground: TallyGround;
  let clock: FakeClock;
  let refused: RefusedReads;
  const instance = () => new RefusedReads('tally', new ReadLog('tally', ground.store, clock), clock);
  beforeAll(async () => {
    ground = await prepareGround();
  });
  beforeEach(() => {
    clock = new FakeClock();
    refused = instance();
  });
  afterAll(() => ground?.close());

  const recorded = async (principal: Principal): Promise<readonly RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for (let after = -1n; ;) {
      const { events, position } = await ground.store.readAll({ after, categories: ['tally_access'], limit: 1_000 });
      if (position === after) return found;
      after = position;
      found.push(...events.filter(({ metadata }) => 'id' in principal && metadata.actor.id === principal.id));
    }
  };

  it('is in the log beside what was asked for: who, what, and that nothing let them', async () => {
    const [reader, id] = [person(), randomUUID()];
    await refused.tell(refusal(reader, ofCase(id)));
    expect(await recorded(reader)).toEqual([
      expect.objectContaining({
        stream: `tally_access-${id}`,
        type: 'ClientDataRead',
        data: { resource: `case-${id}`, what: 'ListNotes', ground: 'none', outcome: 'refused' },
        metadata: expect.objectContaining({ unit: 'support_desk', occurredAt: clock.now() }),
      }),
    ]);
  });

  it.each([
    ['/v1/concerns/:id', 'id', 'concern', false],
    ['/v1/cases/:id/emergency-accesses/:grantId', 'id', 'case', false],
    ['/v1/clients/:clientId/consents', 'clientId', 'consent', true],
    ['/v1/referrals/:id/openings', 'id', 'referral', false],
  ])('of %s is about what the address names', async (url, parameter, category, namesClient) => {
    const [reader, id] = [person(), randomUUID()];
    const params = { [parameter]: id.toUpperCase(), grantId: randomUUID() };
    await refused.tell(refusal(reader, addressed(url, params), { outcome: 'deny' }));
    const clientId = namesClient ? { clientId: id } : {};
    expect((await recorded(reader)).map(({ data }) => data)).toEqual([
      { resource: `${category}-${id}`, what: 'ListNotes', ground: 'none', outcome: 'refused', ...clientId },
    ]);
  });

  it('of a reporter is about the concern of their session where it names nothing', async () => {
    const concernId = randomUUID();
    const reporter: Principal = { kind: 'reporter', id: randomUUID(), concernId };
    const my = addressed('/v1/my-ledger', {});
    await refused.tell(refusal(reporter, my, { action: 'ReadMyLedger', outcome: 'deny' }));
    await refused.tell(refusal(reporter, addressed('/v1/cases', {}), { action: 'ListCases', outcome: 'deny' }));
    expect((await recorded(reporter)).map(({ data, metadata }) => ({ ...data, by: metadata.actor.kind }))).toEqual([
      { resource: `concern-${concernId}`, what: 'ReadMyLedger', ground: 'none', outcome: 'refused', by: 'reporter' },
    ]);
  });

  it('is recorded alike whether the thing is hidden or does not exist', async () => {
    const [prober, other] = [person(), person()];
    const ids = [randomUUID(), randomUUID()];
    for (const id of ids) await refused.tell(refusal(prober, ofCase(id)));
    for (const id of ids) await refused.tell(nothing(refusal(other, ofCase(id))));
    const plain = async (who: Principal) => (await recorded(who)).map(({ stream, data }) => ({ stream, data }));
    expect(await plain(prober)).toHaveLength(2);
    expect(await plain(other)).toEqual(await plain(prober));
  });

  it.each<[string, object, Partial<FailedRead>]>([
    ['was allowed, and found nothing', ofCase(randomUUID()), { outcome: 'allow' }],
    ['names no id that could be one', ofCase('no-id'), {}],
    ['names no thing', addressed('/v1/cases', {}), { outcome: 'deny', action: 'ListCases' }],
  ])('is none when it %s', async (_what, request, more) => {
    const reader = person();
    await refused.tell(refusal(reader, request, more));
    expect(await recorded(reader)).toEqual([]);
  });

  it('is none when another id of the address cannot be one: nobody was asked about the case', async () => {
    const reader = person();
    const request = addressed('/v1/cases/:id/emergency-accesses/:grantId', { id: randomUUID(), grantId: 'no-id' });
    await refused.tell(nothing(refusal(reader, request)));
    expect(await recorded(reader)).toEqual([]);
  });

  it.each([new Problem(422, 'invalid_input', 'at'), new Problem(503, 'unavailable', 'away'), new Error('a bug')])(
    'is none when it failed before anybody was asked: %s',
    async (error) => {
      const reader = person();
      await refused.tell(nothing(refusal(reader, ofCase(randomUUID()), { error })));
      expect(await recorded(reader)).toEqual([]);
    },
  );

  it('is recorded once in a minute, from several instances at once as well, and again in the next', async () => {
    const reader = person();
    const asked = refusal(reader, ofCase(randomUUID()));
    const instances = [refused, instance(), instance()];
    await Promise.all([...instances, ...instances, ...instances].map((each) => each.tell(asked)));
    expect(await recorded(reader)).toHaveLength(1);
    await refused.tell({ ...asked, action: 'ReadCase' });
    expect(await recorded(reader)).toHaveLength(2);
    clock.advance({ minutes: 1 });
    for (const each of instances) await each.tell(asked);
    expect(await recorded(reader)).toHaveLength(3);
  });

  it('is named up to a number in a minute; then the log says that there were more, which nobody else pays for', async () => {
    const [prober, other] = [person(), person()];
    const tried = Array.from({ length: namedInAMinute + 40 }, () => refusal(prober, ofCase(randomUUID())));
    for (const [index, each] of tried.entries()) await refused.tell(index % 2 === 0 ? each : nothing(each));
    await refused.tell(refusal(other, ofCase(randomUUID())));
    const found = await recorded(prober);
    expect(found).toHaveLength(namedInAMinute + 1);
    expect(found.at(-1)?.data).toMatchObject({ resource: 'refusals-further', what: 'ListNotes', outcome: 'refused' });
    expect((await recorded(other)).map(({ data }) => data)).toEqual([
      expect.objectContaining({ resource: expect.stringMatching(/^case-/) }),
    ]);
    const [first] = tried;
    if (first) await refused.tell(first);
    expect(await recorded(prober)).toHaveLength(namedInAMinute + 1);
    clock.advance({ minutes: 1 });
    await refused.tell(refusal(prober, ofCase(randomUUID())));
    expect(await recorded(prober)).toHaveLength(namedInAMinute + 2);
  });

  it('of a reporter is counted by their concern, however many sessions they open', async () => {
    const concernId = randomUUID();
    const session = (): Principal => ({ kind: 'reporter', id: randomUUID(), concernId });
    const [one, two] = [session(), session()];
    const id = randomUUID();
    await refused.tell(refusal(one, ofCase(id), { outcome: 'deny' }));
    await refused.tell(refusal(two, ofCase(id), { outcome: 'deny' }));
    expect([(await recorded(one)).length, (await recorded(two)).length]).toEqual([1, 0]);
  });

  it('is 503 when the log cannot be reached, whatever was asked for', async () => {
    const gone = openPostgresEventStore({ url: 'postgres://nobody:nothing@127.0.0.1:9/nowhere' });
    const unrecorded = new RefusedReads('tally', new ReadLog('tally', gone, clock), clock);
    const asked = refusal(person(), ofCase(randomUUID()));
    try {
      for (const each of [asked, nothing(asked), { ...asked, outcome: 'deny' as const }]) {
        const error: unknown = await unrecorded.tell(each).catch((failure: unknown) => failure);
        expect(toProblem(error)).toMatchObject({ status: 503, code: 'event_store_unavailable' });
      }
    } finally {
      await gone.close();
    }
  });
});
