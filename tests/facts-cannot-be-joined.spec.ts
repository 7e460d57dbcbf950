import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RecordedEvent } from '@waymark/event-store';
import { intake } from '@waymark/intake';
import { reporting } from '@waymark/reporting';
import type { Message } from '@waymark/messaging';
import { factPseudonym, readSecretFile } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import { callOf, idOf, inLog, rowsOf } from './facts-to-join.fixture.js';

jest.setTimeout(180_000);

const crowd = 60;
/** One right guess is to be expected by chance; more than eight of sixty come once in a million. */
const mostByChance = 8;

describe('whoever has the log and the topics, but no secret', () => {
  let stage: Stage;
  /** Concerns in the order in which they came, and what came of them in every place that an attacker may look at. */
  let concerns: readonly RecordedEvent[];
  const places = new Map<string, readonly string[]>();
  let facts: readonly RecordedEvent[];
  /** Place of its concern by the pseudonym of each fact, by kind: what only the service that keeps the secret can tell. */
  const pseudonyms = new Map<string, ReadonlyMap<string, number>>();

  const categories = ['fact', 'response_fact'];
  const rows = async (database: string, sql: string): Promise<readonly string[]> =>
    (await rowsOf<{ subject: string }>(stage, database, sql)).map(({ subject }) => subject);
  const factsInLog = async () => (await Promise.all(categories.map((category) => inLog(stage, category)))).flat();

  beforeAll(async () => {
    const environment = { FACTS_DELAY_SECONDS: '0', FACTS_CROWD: String(crowd), FACTS_LATEST_SECONDS: '3600' };
    stage = await startStage({
      ...{ services: [intake, reporting], logLevel: 'error', environment },
      now: new Date().toISOString(),
    });
    for (let index = 0; index < crowd; index += 1) {
      if (index === crowd - 1) expect(await factsInLog()).toEqual([]);
      const body = callOf(index, { at: stage.clock.now(), precision: 'minute' });
      const answer = await stage.ask('intake', 'POST', '/v1/contacts', { as: 'amina.officer', body });
      expect(answer).toMatchObject({ status: 201 });
      stage.clock.advance({ minutes: 7 });
    }
    await eventually(async () => (await factsInLog()).length === 2 * crowd, { timeoutMs: 60_000 });
    concerns = (await inLog(stage, 'concern')).filter(({ type }) => type === 'ConcernSubmitted');
    facts = await factsInLog();
    for (const category of categories) {
      const subjects = (await inLog(stage, category)).map(({ stream }) => stream.slice(category.length + 1));
      places.set(`log of ${category}`, subjects);
    }
    const secrets = await readSecretFile(String(stage.environmentOf('intake').SECRET_FILE));
    for (const kind of ['fact', 'response'])
      pseudonyms.set(kind, new Map(concerns.map((concern, at) => [factPseudonym(secrets, kind, idOf(concern)), at])));
    const elsewhere = {
      topic: await rows(
        'bus',
        `SELECT subject FROM bus.messages WHERE topic = 'waymark.facts' ORDER BY published_at, partition, "offset"`,
      ),
      'numbers that intake has given': await rows('intake', 'SELECT subject FROM relay_sequence ORDER BY ctid'),
      'numbers that reporting has seen': await rows('reporting', 'SELECT subject FROM inbox_sequence ORDER BY ctid'),
    };
    for (const [place, subjects] of Object.entries(elsewhere))
      for (const [kind, concernOf] of pseudonyms)
        places.set(
          `${place}, ${kind}`,
          // Of each that is told of twice, where it is told of first.
          [...new Set(subjects)].filter((subject) => concernOf.has(subject)),
        );
  });
  afterAll(() => stage?.close());

  /** Which concern each fact of a place is of. */
  const truth = (found: readonly string[]): readonly number[] =>
    found.map(
      (fact) => [...pseudonyms.values()].map((concernOf) => concernOf.get(fact)).find((at) => at !== undefined) ?? -1,
    );

  it('finds every fact in each place, so that there is something to join', () => {
    expect(concerns).toHaveLength(crowd);
    expect(places.size).toBe(8);
    for (const [place, found] of places) {
      const whose = truth(found);
      expect({ place, whose: whose.toSorted((one, other) => one - other) }).toEqual({
        place,
        whose: concerns.map((_, index) => index),
      });
    }
  });

  it('is right no more often than by chance when they match them by order', () => {
    for (const [place, found] of places) {
      const whose = truth(found);
      const right = whose.filter((concern, place_) => concern === place_).length;
      const backwards = whose.filter((concern, place_) => concern === crowd - 1 - place_).length;
      expect({ place, right: right <= mostByChance, backwards: backwards <= mostByChance }).toEqual({
        ...{ place, right: true, backwards: true },
      });
      // Spearman's rank correlation of sixty in chance order has a deviation of 0.13: this is more than five.
      const squares = whose.reduce((sum, concern, place_) => sum + (concern - place_) ** 2, 0);
      const correlation = 1 - (6 * squares) / (crowd * (crowd ** 2 - 1));
      expect({ place, close: Math.abs(correlation) < 0.7 }).toEqual({ place, close: true });
    }
  });

  it('learns nothing from the two facts of one concern, which lie in places that have nothing to do with each other', () => {
    const [one, other] = categories.map((category) => places.get(`log of ${category}`) ?? []);
    const [contacts, responses] = [truth(one ?? []), truth(other ?? [])];
    const together = contacts.filter((concern, place) => responses[place] === concern).length;
    expect(together).toBeLessThanOrEqual(mostByChance);
  });

  it('finds no time that is nearer to one concern than to another: the first fact came after the last concern', () => {
    const last = Math.max(...concerns.map(({ recordedAt }) => Date.parse(recordedAt)));
    for (const { recordedAt } of facts) expect(Date.parse(recordedAt)).toBeGreaterThan(last - 1);
    const lastPlace = concerns.at(-1)?.position ?? 0n;
    for (const { position } of facts) expect(position > lastPlace).toBe(true);
  });

  it('finds in no fact an id or a moment of its concern', () => {
    const told = JSON.stringify(facts.map(({ id, stream, data, metadata }) => ({ id, stream, data, metadata })));
    for (const concern of concerns) {
      const { id, data, metadata } = concern;
      const { clientId, reporterId } = Object(data) as Record<string, string>;
      for (const trace of [id, idOf(concern), clientId, reporterId, metadata.correlationId, metadata.causationId])
        expect(told).not.toContain(trace);
      expect(told).not.toContain(metadata.occurredAt);
    }
  });
});

describe('whoever compares what a fact says with what the log says of concerns', () => {
  const least = 10;
  const [thisMonth, lastMonth, longAgo] = ['2026-03', '2026-02', '2025-06'];
  let stage: Stage;
  let concerns: readonly RecordedEvent[];
  /** Each fact of a contact on the topic, with those that went at the same time, and the concern that it is of. */
  let counted: readonly { readonly batch: string; readonly told: object; readonly concern: RecordedEvent }[];

  /** What fact and log both say in the clear. */
  const lookOf = (told: object, { data }: RecordedEvent): string => {
    const { contact, channel } = Object(data);
    const known = { month: String(contact.at).slice(0, 7), channel };
    return JSON.stringify(Object.entries(known).filter(([name]) => name in told));
  };
  const monthOf = (index: number): string => {
    if (index % 16 === 7) return longAgo;
    return index % 3 === 0 ? lastMonth : thisMonth;
  };

  beforeAll(async () => {
    const environment = { FACTS_DELAY_SECONDS: '0', FACTS_CROWD: String(least), FACTS_LATEST_SECONDS: '3600' };
    stage = await startStage({ services: [intake, reporting], logLevel: 'error', environment });
    for (let index = 0; index < crowd; index += 1) {
      const month = monthOf(index);
      const contact =
        month === thisMonth
          ? { at: stage.clock.now(), precision: 'minute' }
          : { at: `${month}-01T00:00:00.000Z`, precision: 'month' };
      const answer = await stage.ask('intake', 'POST', '/v1/contacts', {
        ...{ as: 'amina.officer', body: callOf(index, contact) },
      });
      expect(answer).toMatchObject({ status: 201 });
      stage.clock.advance({ minutes: 7 });
    }
    const onTopic = async (kind: string) =>
      (
        await rowsOf<{ batch: string; value: Buffer }>(
          ...[stage, 'bus', `SELECT xmin::text AS batch, value FROM bus.messages WHERE topic = 'waymark.facts'`],
        )
      )
        .map(({ batch, value }) => ({ batch, ...(JSON.parse(value.toString()) as Message) }))
        .filter(({ type }) => type.startsWith(kind));
    // The last few have no crowd yet.
    await eventually(async () => (await onTopic('intake.response-awaited.')).length > crowd - least, {
      timeoutMs: 60_000,
    });
    concerns = (await inLog(stage, 'concern')).filter(({ type }) => type === 'ConcernSubmitted');
    const secrets = await readSecretFile(String(stage.environmentOf('intake').SECRET_FILE));
    const bySubject = new Map(concerns.map((each) => [factPseudonym(secrets, 'fact', idOf(each)), each]));
    counted = (await onTopic('intake.contact-counted.')).flatMap(({ batch, subject, data }) => {
      const concern = bySubject.get(subject);
      return concern ? [{ batch, told: data, concern }] : [];
    });
  });
  afterAll(() => stage?.close());

  it('finds concerns of several channels and months, and facts of most of them', () => {
    expect(new Set(concerns.map(({ data }) => Object(data).channel)).size).toBeGreaterThan(4);
    expect(new Set(concerns.map(({ data }) => Object(data).contact.at.slice(0, 7)))).toEqual(
      new Set([thisMonth, lastMonth, longAgo]),
    );
    expect(counted.length).toBeGreaterThan(crowd / 3);
  });

  it('finds none that is alone, or among few, with what the log says of its concern too', () => {
    const alike = new Map<string, number>();
    for (const { batch, told, concern } of counted) {
      const look = `${batch} ${lookOf(told, concern)}`;
      alike.set(look, (alike.get(look) ?? 0) + 1);
    }
    expect([...alike].filter(([, count]) => count < least)).toEqual([]);
  });

  it('is right no more often than by chance when they match those that look alike by order', () => {
    let right = 0;
    const lookIn = ({ batch, told, concern }: (typeof counted)[number]) => `${batch} ${lookOf(told, concern)}`;
    const groups = new Map(
      counted.map((one) => [lookIn(one), counted.filter((other) => lookIn(other) === lookIn(one))]),
    );
    for (const group of groups.values()) {
      const inOrder = group.map(({ concern }) => concern.position).toSorted((one, other) => (one < other ? -1 : 1));
      right += group.filter(({ concern }, place) => concern.position === inOrder[place]).length;
    }
    // One of each group by chance.
    expect(right).toBeLessThanOrEqual(mostByChance + groups.size);
  });

  it('finds no fact of a month of which there are few, until there are more', () => {
    const months = new Set(counted.map(({ told }) => ('month' in told ? told.month : undefined)));
    expect(months).toEqual(new Set([thisMonth, lastMonth]));
  });
});
