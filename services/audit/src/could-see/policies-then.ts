import { Inject, Injectable } from '@nestjs/common';
import { digestOf, PolicyError, PolicySet, policySet, type PolicySources, shippedSources } from '@waymark/access';
import { type EventStore, type RecordedEvent, verifyStream } from '@waymark/event-store';
import { policiesOf } from '@waymark/service-kit';
import { EVENT_LOG } from '../history/event-log.js';
import { type Fact, factOf, timeOf } from '../replay/fact.js';
import { objectIn, textIn } from '../replay/fields.js';
import { isInterpreted } from '../replay/interpreted-versions.js';
import { type DecidingService, decidingServices } from './things-then.js';

/** Why today's policies answer for those of then. */
export const substitutions = ['not_recorded', 'not_readable'] as const;
export type Substitution = (typeof substitutions)[number];

/** The policies that a service decided by at a moment, or those that have to stand in for them. */
export interface PoliciesThen {
  readonly service: DecidingService;
  /** Of those in force then, as the log tells. */
  readonly digest?: string;
  /** When the log was told of them. */
  readonly since?: string;
  /** They are those of this release. */
  readonly current: boolean;
  /** Today's were asked, because: */
  readonly substituted?: Substitution;
  readonly intact: boolean;
  readonly set: PolicySet;
}

/** Finds in the log by which policies each service has decided, and reads them again. */
@Injectable()
export class PastPolicies {
  /** By digest. Few: one for each release that changed a policy. */
  private readonly read = new Map<string, PolicySet | undefined>();

  constructor(@Inject(EVENT_LOG) private readonly log: EventStore) {}

  async at(moment: string): Promise<ReadonlyMap<DecidingService, PoliciesThen>> {
    const all = await Promise.all(decidingServices.map((service) => this.ofService(service, moment)));
    return new Map(all.map((each) => [each.service, each]));
  }

  private async ofService(service: DecidingService, moment: string): Promise<PoliciesThen> {
    const events: RecordedEvent[] = [];
    for await (const event of this.log.readStream(policiesOf(service))) events.push(event);
    const intact = events.length === 0 || (await verifyStream(events)).intact;
    const then = events.map(factOf).findLast((fact) => timeOf(fact, 'recorded') <= Date.parse(moment));
    const today = { service, intact, current: false, set: policySet() };
    if (!then) return { ...today, substituted: 'not_recorded' };
    const digest = textIn(then.data, 'digest') ?? 'unknown';
    const told = { ...today, digest, since: then.recordedAt };
    if (digest === digestOf(shippedSources())) return { ...told, current: true };
    const set = this.readAgain(then);
    return set ? { ...told, set } : { ...told, substituted: 'not_readable' };
  }

  /** Undefined for a set that this release cannot read, or whose text is not what its digest says. */
  private readAgain(fact: Fact): PolicySet | undefined {
    const sources = sourcesIn(fact);
    const digest = digestOf(sources);
    if (!isInterpreted(fact) || digest !== fact.data.digest) return undefined;
    if (!this.read.has(digest)) this.read.set(digest, readable(sources));
    return this.read.get(digest);
  }
}

function sourcesIn({ data }: Fact): PolicySources {
  const files = Object.values(objectIn(data, 'files')).map((file) => {
    const { name, text } = objectIn({ file }, 'file');
    return [String(name), String(text)] as const;
  });
  return { schema: textIn(data, 'schema') ?? '', files: Object.fromEntries(files) };
}

function readable(sources: PolicySources): PolicySet | undefined {
  try {
    const set = new PolicySet(sources);
    return set.schema.actionsIn('See').length > 0 ? set : undefined;
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}
