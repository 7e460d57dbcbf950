import { describe, expect, it } from '@jest/globals';
import { payloadsOf } from '@waymark/messaging';
import { aggregatesOf, projectionsOf, Secrets, unopenedBy } from '@waymark/service-kit';
import { definitions } from '@waymark/services';
import { goldenOf, recorded } from './golden-opened.fixture.js';

const secrets = new Secrets(Buffer.alloc(32, 7));

const told = definitions.flatMap((service) =>
  service.aggregates.flatMap(({ category, events }) =>
    Object.entries<{ readonly version: number }>(events).flatMap(([type, { version }]) => {
      const examples = goldenOf(type, version)?.examples ?? [];
      return examples.map((data) => ({ service, name: service.name, event: recorded(category, type, data), type }));
    }),
  ),
);

describe('without a key', () => {
  it.each(told)('$name tells others of $type all the same, but for what it names of facts', ({ service, event }) => {
    const kept = unopenedBy(aggregatesOf(service), {})(event);
    const keptOfFacts = unopenedBy(aggregatesOf(service), service.factsOpen ?? {})(event);
    const platform = Object({ secrets });
    const say = () => payloadsOf(service.publish?.({ ...event, data: kept(event.data) }, platform));
    const count = () => payloadsOf(service.publishFacts?.({ ...event, data: keptOfFacts(event.data) }, platform));
    expect(say).not.toThrow();
    expect(count).not.toThrow();
    expect(say()).toEqual(payloadsOf(service.publish?.(event, platform)));
    expect(count()).toEqual(payloadsOf(service.publishFacts?.(event, platform)));
  });

  it('every view is folded but the queue and the marks of contacts', () => {
    const views = definitions.flatMap((service) => projectionsOf(service, secrets));
    const opening = views.filter(({ opens }) => opens).map(({ name }) => name);
    expect(opening.toSorted()).toEqual(['concern-queue', 'contact-marks']);
  });
});
