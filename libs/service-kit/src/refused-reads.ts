import type { FastifyRequest } from 'fastify';
import { type FailedRead, type FailedReads, type Principal, purposeStatedBy, resourceTypeOf } from '@waymark/access';
import { derivedId } from '@waymark/messaging';
import type { Clock } from './clock.js';
import { principalKey } from './principal-key.js';
import { toProblem } from './problem.filter.js';
import type { ReadLog } from './read-log.js';
import { uuidForm } from './uuid-form.js';

/** Streams of what an address names: `/v1/cases/<id>/notes` is about `case-<id>`. */
const categories: Readonly<Record<string, string>> = {
  concerns: 'concern',
  cases: 'case',
  clients: 'consent',
  referrals: 'referral',
};
const addressForm = /^\/v1\/(concerns|cases|clients|referrals)\/:(\w+)/;

/** So many different readings that were refused to one person within a minute are in the log one by one, from each instance. */
export const namedInAMinute = 60;

/** What a reading was about; all that go beyond the number above are about this. */
interface Thing {
  readonly stream: string;
  readonly clientId?: string;
}
const further: Thing = { stream: 'refusals-further' };

/**
 * Records every reading that is refused, before the caller learns of it; what cannot be recorded is no refusal but an error. What
 * does not exist is recorded like what the caller may not see: else the time of an answer, or the log, would tell one from the other.
 * The same reading for the same purpose, refused to the same person again within a minute, is recorded once.
 */
export class RefusedReads implements FailedReads {
  private minute = '';
  private readonly named = new Map<string, Set<string>>();

  constructor(
    private readonly service: string,
    private readonly reads: ReadLog,
    private readonly clock: Clock,
  ) {}

  /** Rejects when the log does not take it. */
  async tell(failed: FailedRead): Promise<void> {
    const asked = isRefusal(failed) ? thingOf(failed) : undefined;
    if (!asked) return;
    const { principal, action } = failed;
    const minute = this.clock.now().slice(0, 'yyyy-mm-ddThh:mm'.length);
    const who = principalKey(principal);
    const purpose = purposeStatedBy(principal) ?? '';
    const reading = `${action} ${asked.stream} ${purpose}`;
    const thing = this.isNamed(who, minute, reading) ? asked : further;
    const eventId = derivedId('refused read', this.service, who, action, thing.stream, minute, purpose);
    await this.reads.read({ ...thing, principal, what: action, ground: 'none', refused: true, eventId });
  }

  private isNamed(who: string, minute: string, reading: string): boolean {
    if (minute !== this.minute) this.named.clear();
    this.minute = minute;
    const readings = this.named.get(who) ?? new Set();
    this.named.set(who, readings);
    if (readings.size < namedInAMinute) readings.add(reading);
    return readings.has(reading);
  }
}

type Addressed = FastifyRequest<{ Params: Readonly<Record<string, string>> }>;

const isId = (text: string): boolean => uuidForm.test(text.toLowerCase());

/** Refused by the policies, or ended before they were asked because there is nothing under an id that could be one. */
function isRefusal({ request, outcome, error }: FailedRead): boolean {
  if (outcome !== undefined) return outcome !== 'allow';
  return toProblem(error).status === 404 && Object.values((request as Addressed).params).every(isId);
}

/** Nothing where the reading names no one thing, or by an id that cannot be one. */
function thingOf({ request, principal, action }: FailedRead): Thing | undefined {
  const { routeOptions, params } = request as Addressed;
  const [, plural = '', parameter = ''] = addressForm.exec(routeOptions.url ?? '') ?? [];
  const category = categories[plural];
  if (category === undefined) return ownOf(principal, action);
  const named = params[parameter] ?? '';
  if (!isId(named)) return undefined;
  const id = named.toLowerCase();
  return { stream: `${category}-${id}`, ...(plural === 'clients' ? { clientId: id } : {}) };
}

/** Reporters name nothing: their session says what they ask about. */
function ownOf(principal: Principal, action: FailedRead['action']): Thing | undefined {
  if (principal.kind !== 'reporter' || resourceTypeOf(action) === 'Waymark') return undefined;
  const { concernId, clientId } = principal;
  return { stream: `concern-${concernId}`, ...(clientId === undefined ? {} : { clientId }) };
}
