import { Controller, Get, Headers, Param, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Policy, type Principal } from '@waymark/access';
import { Clock, IdPipe, Moment, notFound, Problem } from '@waymark/service-kit';
import { PastPolicies, type PoliciesThen } from '../could-see/policies-then.js';
import { type Sight, sightsOf } from '../could-see/sights.js';
import { type Caveat, caveats, type ThingThen, thingsAt } from '../could-see/things-then.js';
import type { ClientHistory } from '../history/client-histories.js';
import { type Replay, Replays } from '../history/replays.js';
import { isOfOtherServices, timeOf } from '../replay/fact.js';
import { stateAt } from '../replay/state-at.js';
import { WhoCouldSeeAnswer } from './who-could-see.answer.js';

export class WhoCouldSeeParams {
  @Moment({
    description: 'The moment to look at, that included, by when the log took what happened; not in the future',
    example: '2026-03-03T10:00:00.000Z',
  })
  at: string;
}

export class WhoCouldSee extends Query<WhoCouldSeeAnswer> {
  constructor(
    readonly caseId: string,
    readonly at: string,
    readonly replay: Replay,
  ) {
    super();
  }
}

@ApiTags('For auditors')
@Controller('v1/cases/:id/who-could-see')
export class WhoCouldSeeEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('WhoCouldSee')
  @ApiOperation({
    summary: 'Who could see the case, its concern, its client and its referrals at a moment, and through which rule',
    description:
      'Asked of the policies that were in force then, about all of it as it stood then. 404 where nothing of it was there yet.',
  })
  @ApiOkResponse({ type: WhoCouldSeeAnswer })
  read(
    @Param('id', IdPipe) id: string,
    @QueryParams() { at }: WhoCouldSeeParams,
    @Caller() caller: Principal,
    @Headers('waymark-position') position?: string,
  ) {
    return this.queries.execute(new WhoCouldSee(id, at, { caller, what: 'WhoCouldSee', position }));
  }
}

@QueryHandler(WhoCouldSee)
export class WhoCouldSeeHandler implements IQueryHandler<WhoCouldSee> {
  constructor(
    private readonly replays: Replays,
    private readonly past: PastPolicies,
    private readonly clock: Clock,
  ) {}

  async execute({ caseId, at, replay }: WhoCouldSee): Promise<WhoCouldSeeAnswer> {
    const history = await this.replays.ofCase(caseId, replay);
    demandPast(at, this.clock.now(), history);
    const { clientId, streams } = history;
    const facts = history.facts.filter(isOfOtherServices);
    const state = stateAt(facts, caseId, at, 'recorded');
    const things = thingsAt(facts, state, clientId, at);
    if (things.length === 0) throw notFound();
    const policies = await this.past.at(at);
    const receiptOf = { concernId: state.concern?.concernId ?? 'none', clientId };
    const asked = things.flatMap((thing) => {
      const then = policies.get(thing.service);
      return then ? [{ thing, ...sightsOf(thing, then, receiptOf) }] : [];
    });
    const said = new Set(asked.flatMap(({ thing }) => thing.caveats)).add('roles_not_in_log');
    return {
      ...{ caseId, clientId, at },
      intact: [...streams.map(({ verdict }) => verdict), ...policies.values()].every(({ intact }) => intact),
      things: asked.map(thingAnswer),
      caveats: caveats.filter((code) => said.has(code)).map((code) => ({ code, says: sentences[code] })),
      notInterpreted: [...state.notInterpreted].map(([type, events]) => ({ type, events })),
      accesses: `/v1/cases/${caseId}/accesses?to=${encodeURIComponent(at)}`,
    };
  }
}

/** The log's clock may be ahead of this one: what it has taken is not in the future. */
function demandPast(at: string, now: string, { facts }: ClientHistory): void {
  const newest = facts.reduce((latest, fact) => Math.max(latest, timeOf(fact, 'recorded')), Date.parse(now));
  if (Date.parse(at) <= newest) return;
  const message = 'at must not be in the future: nobody knows who will be let in then';
  throw new Problem(422, 'invalid_input', 'Some fields break a rule; nothing was stored.', [
    { field: 'at', rule: 'notInFuture', message },
  ]);
}

const sentences: Readonly<Record<Caveat, string>> = {
  shut_out_sealed:
    'The reporter of this or another concern of the client shuts out people, roles or units, or it belongs to another desk. Who they are is sealed: they could not see it, also where they are listed here.',
  roles_not_in_log:
    'Roles and units stand in tokens and not in the log: who is listed could see it if they held one of these roles.',
  note_class_sealed:
    'Of the notes that are listed, each is shown by its class, which is sealed: clinical ones to their author and to clinicians only.',
  team_told_by_message: 'The service that decides about it learns of a change of the team by a message, seconds later.',
  consent_asked_each_time:
    'Each opening of a package is authorised by the client’s consent at that very moment as well.',
};

const thingAnswer = ({
  thing: { service, resource, status, shutOut, caveats: about },
  policies: { digest, since, current, substituted },
  sights,
}: {
  readonly thing: ThingThen;
  readonly policies: PoliciesThen;
  readonly sights: readonly Sight[];
}): WhoCouldSeeAnswer['things'][number] => ({
  ...{ kind: resource.type, id: resource.id, service, status, shutOut },
  policies: { digest, since, current, substituted },
  sights: sights.map((sight) => ({
    ...sight,
    everybody: sight.everybody.map(withRules),
    people: sight.people.map(withRules),
    keptOut: sight.keptOut.map(withRules),
  })),
  caveats: about,
});

const withRules = <Who extends { readonly through: readonly Policy[] }>(who: Who) => ({
  ...who,
  through: who.through.map(({ id, effect, rule }) => ({ policy: id, effect, rule })),
});
