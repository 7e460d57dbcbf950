import { randomUUID } from 'node:crypto';
import { createAccessLog, type Principal, purposeStatedBy } from '@waymark/access';
import type { StatedPurpose } from '@waymark/contracts';
import type { EventStore } from '@waymark/event-store';
import { derivedId } from '@waymark/messaging';
import type { Clock } from './clock.js';
import { principalKey } from './principal-key.js';

/** What whoever is let in on a ground reads for, unless they say it. */
const usualOn: Readonly<Record<string, StatedPurpose | 'triage'>> = {
  team: 'accompaniment',
  allocated_officer: 'accompaniment',
  supervisor: 'supervision',
  auditor: 'audit',
  recipient: 'referral',
  desk: 'triage',
};

const purposeOf = (principal: Principal, ground: string, usual?: StatedPurpose): string =>
  purposeStatedBy(principal) ?? usual ?? usualOn[ground] ?? 'case_work';

/** A line of a list: the stream of what it is about, and which rule let whoever asked see it. */
export interface ShownLine {
  readonly stream: string;
  readonly ground: string;
  /** What it is usually read for, where that is not what is usual on the ground. */
  readonly usual?: StatedPurpose | undefined;
}

/** Records reads of client data in the service's own `<service>_access` streams. A read that cannot be recorded fails. */
export class ReadLog {
  private readonly log: ReturnType<typeof createAccessLog>;

  constructor(
    private readonly service: string,
    store: Pick<EventStore, 'append'>,
    private readonly clock: Clock,
  ) {
    this.log = createAccessLog({ store, category: `${service}_access`, clock });
  }

  /**
   * `ground` says which rule let the reader in, such as `allocated_officer`, `team`, `consent:<event id>`. Without a `purpose` it is what
   * the reader states, else what is usual on that ground.
   */
  async read(entry: {
    readonly principal: Principal;
    readonly stream: string;
    readonly clientId?: string;
    readonly what: string;
    readonly ground: string;
    readonly purpose?: string;
    readonly refused?: boolean;
    /** Recorded once under this id, however often it is asked for. */
    readonly eventId?: string;
  }): Promise<void> {
    const { stream, refused, purpose, ...rest } = entry;
    await this.log.record({
      ...rest,
      subjectStream: stream,
      purpose: purpose ?? purposeOf(rest.principal, rest.ground),
      outcome: refused ? 'refused' : 'allowed',
      correlationId: randomUUID(),
    });
  }

  /**
   * What a page of a list shows, before it is shown: an event for each ground and purpose. The same lines of the same list, shown to the same person
   * for the same purpose again within the hour, are one event, from however many instances. A page that shows nothing is not recorded.
   */
  async listed({
    principal,
    what,
    lines,
  }: {
    readonly principal: Principal;
    /** Name of the query. */
    readonly what: string;
    readonly lines: readonly ShownLine[];
  }): Promise<void> {
    const hour = this.clock.now().slice(0, 'yyyy-mm-ddThh'.length);
    const who = principalKey(principal);
    for (const { ground, purpose, shown } of grouped(principal, lines)) {
      const eventId = derivedId('list', this.service, who, what, ground, purpose, hour, ...shown);
      await this.log.recordList({ principal, what, ground, purpose, shown, eventId, correlationId: randomUUID() });
    }
  }
}

interface Shown {
  readonly ground: string;
  readonly purpose: string;
  readonly shown: readonly string[];
}

/** Each thing once, in an order that does not depend on how the list is sorted. */
function grouped(principal: Principal, lines: readonly ShownLine[]): readonly Shown[] {
  const groups = new Map<string, Shown>();
  for (const { stream, ground, usual } of lines.toSorted((one, other) => (one.stream < other.stream ? -1 : 1))) {
    const purpose = purposeOf(principal, ground, usual);
    const { shown = [] } = groups.get(`${ground} ${purpose}`) ?? {};
    if (shown.at(-1) !== stream) groups.set(`${ground} ${purpose}`, { ground, purpose, shown: [...shown, stream] });
  }
  return [...groups.values()];
}
