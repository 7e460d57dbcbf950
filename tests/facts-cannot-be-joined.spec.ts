import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { RecordedEvent } from '@waymark/event-store';
import { intake } from '@waymark/intake';
import { reporting } from '@waymark/reporting';
import { factPseudonym, readSecretFile } from '@waymark/service-kit';
import { type Stage, startStage } from '@waymark/stage';
import { eventually } from '@waymark/testing';
import pg from 'pg';

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
  const inLog = async (category: string): Promise<readonly RecordedEvent[]> => {
    const found: RecordedEvent[] = [];
    for (let after = 0n; ;) {
      const { events, position } = await stage.log.readAll({ after, categories: [category] });
      if (position === after) return found;
      found.push(...events);
      after = position;
    }
  };
  const rows = async (database: string, sql: string): Promise<readonly string[]> => {
    const client = new pg.Client({ connectionString: stage.eventStoreAdminUrl.replace(/_events$/, `_${database}`) });
    await client.connect();
    try {
      return (await client.query<{ subject: string }>(sql)).rows.map(({ subject }) => subject);
    } finally {
      await client.end();
    }
  };
  const call = (index: number) => ({
    ...{ kind: 'support_request', identity: 'anonymous', reporterRelation: 'affected_person', matter: ['harassment'] },
    ...{ language: 'en', immediateDanger: false, narrative: `The call number ${index}.`, channel: 'helpline' },
    contact: { at: stage.clock.now(), precision: 'minute' },
  });

  beforeAll(async () => {
    const environment = { FACTS_DELAY_SECONDS: '0', FACTS_CROWD: String(crowd), FACTS_LATEST_SECONDS: '3600' };
    stage = await startStage({
      ...{ services: [intake, reporting], logLevel: 'error', environment },
      now: new Date().toISOString(),
    });
    for (let index = 0; index < crowd; index += 1) {
      if (index === crowd - 1) expect((await Promise.all(categories.map(inLog))).flat()).toEqual([]);
      const answer = await stage.ask('intake', 'POST', '/v1/contacts', { as: 'amina.officer', body: call(index) });
      expect(answer).toMatchObject({ status: 201 });
      stage.clock.advance({ minutes: 7 });
    }
    await eventually(async () => (await Promise.all(categories.map(inLog))).flat().length === 2 * crowd, {
      timeoutMs: 60_000,
    });
    concerns = (await inLog('concern')).filter(({ type }) => type === 'ConcernSubmitted');
    facts = (await Promise.all(categories.map(inLog))).flat();
    for (const category of categories) {
      const subjects = (await inLog(category)).map(({ stream }) => stream.slice(category.length + 1));
      places.set(`log of ${category}`, subjects);
    }
    const secrets = await readSecretFile(String(stage.environmentOf('intake').SECRET_FILE));
    for (const kind of ['fact', 'response'])
      pseudonyms.set(kind, new Map(concerns.map(({ stream }, at) => [factPseudonym(secrets, kind, idOf(stream)), at])));
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
          subjects.filter((subject) => concernOf.has(subject)),
        );
  });
  afterAll(() => stage?.close());

  const idOf = (stream: string): string => stream.slice('concern-'.length);

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
    for (const { id, stream, data, metadata } of concerns) {
      const { clientId, reporterId } = Object(data) as Record<string, string>;
      for (const trace of [id, idOf(stream), clientId, reporterId, metadata.correlationId, metadata.causationId])
        expect(told).not.toContain(trace);
      expect(told).not.toContain(metadata.occurredAt);
    }
  });
});
