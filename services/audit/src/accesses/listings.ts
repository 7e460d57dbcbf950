import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EventStore } from '@waymark/event-store';
import { EVENT_LOG } from '../history/event-log.js';
import { type Fact, factOf } from '../replay/fact.js';
import type { TimelineFilter } from '../replay/timeline.js';
import { AccessEntry } from './access-entry.entity.js';

/** Positions of the lists that showed one of `:streams`, found before anything is sorted: else the database reads the log from its start. */
export const positionsOfListings = 'SELECT position FROM accesses WHERE shown && :streams::text[]';

/**
 * Lists that showed something of a client among others. There are many, each about many clients, so that no history holds them: the view
 * finds as many as a page takes, and they are read from the log.
 */
@Injectable()
export class Listings {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(EVENT_LOG) private readonly log: EventStore,
  ) {}

  /** One more than the page takes, where there are as many. */
  async of(streams: readonly string[], filter: TimelineFilter): Promise<readonly Fact[]> {
    const facts: Fact[] = [];
    for (const { stream } of await this.found(streams, filter))
      for await (const event of this.log.readStream(stream)) facts.push(factOf(event));
    return facts;
  }

  private found(
    streams: readonly string[],
    { from, to, type, actor, after, limit }: TimelineFilter,
  ): Promise<Pick<AccessEntry, 'stream'>[]> {
    const query = this.dataSource
      .getRepository(AccessEntry)
      .createQueryBuilder('a')
      .where(`a.position = ANY(ARRAY(${positionsOfListings}))`, { streams })
      .andWhere('a.position > :after::bigint', { after: String(after) })
      .orderBy('a.position')
      .limit(limit + 1);
    if (from) query.andWhere('a.recorded_at >= :from', { from });
    if (to) query.andWhere('a.recorded_at < :to', { to });
    if (type) query.andWhere('a.event_type = :type', { type });
    if (actor) query.andWhere('a.person_id = :actor', { actor });
    return query.getMany();
  }
}
