import { Controller, Get, Param, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import {
  dataCategories,
  type DataCategory,
  decisionOutcomes,
  type Purpose,
  purposes,
  type Unit,
  units,
} from '@waymark/contracts';
import { type Instant, isBefore } from '@waymark/event-sourcing';
import { Aggregates, Clock, Code, IdPipe, Moment, Pattern, Problem, ReadLog } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { linkedRecords } from '../linked-records.js';
import { standingAgainst } from '../domain/client-no.js';
import { coverage, nearestToYes } from '../domain/coverage.js';
import { nosOf } from '../nos-of-a-client.js';

const oneCategory = dataCategories.join('|');

export class DecisionParams {
  @Code(units) recipient: Unit;
  @Code(purposes) purpose: Purpose;
  @Pattern(new RegExp(`^(${oneCategory})(,(${oneCategory}))*$`), {
    max: 300,
    description: 'Data categories, separated by commas',
    example: 'contact,matter_summary',
  })
  categories: string;
  @Moment({ optional: true, description: 'As of that past moment, by what the log held then; now when left out' })
  at?: string;
}

export class Decision {
  @ApiProperty() allowed: boolean;
  @ApiProperty({ required: false, format: 'uuid', description: 'The consent that decides.' }) consentId?: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'Or the override that allows it without consent.' })
  overrideId?: string;
  @ApiProperty({ enum: decisionOutcomes }) reason: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'When the client last said no to it' })
  refusedAt?: string;
  @ApiProperty({ format: 'date-time' }) at: string;
}

/** For display and for audit only: whoever discloses asks `AuthorizeDisclosure`, whose answer is the event itself. */
export class GetDecision extends Query<Decision> {
  constructor(
    readonly clientId: string,
    readonly params: DecisionParams,
    readonly caller: Principal,
    readonly ground: string,
  ) {
    super();
  }
}

@ApiTags('For officers', 'For services')
@Controller('v1/clients/:clientId/decision')
export class GetDecisionEndpoint {
  constructor(
    private readonly queries: QueryBus,
    private readonly teams: ClientTeams,
  ) {}

  @Get()
  @Access('ReadDecision')
  @ApiOperation({ summary: 'May this recipient get these categories for this purpose, now or at a past moment?' })
  @ApiOkResponse({ type: Decision })
  async decide(
    @Param('clientId', IdPipe) clientId: string,
    @QueryParams() params: DecisionParams,
    @Caller() caller: Principal,
  ) {
    const ground = await this.teams.demand(caller, 'ReadDecision', clientId);
    return this.queries.execute(new GetDecision(clientId, params, caller, ground));
  }
}

@QueryHandler(GetDecision)
export class GetDecisionHandler implements IQueryHandler<GetDecision> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly reads: ReadLog,
    private readonly clock: Clock,
  ) {}

  async execute({ clientId, params, caller, ground }: GetDecision): Promise<Decision> {
    const at = this.momentOf(params);
    const { recipient, purpose } = params;
    const categories = params.categories.split(',') as DataCategory[];
    const records = await linkedRecords(
      this.aggregates,
      clientId,
      ({ recorded }) => params.at === undefined || !isBefore(at, recorded.recordedAt),
    );
    await this.reads.read({ principal: caller, stream: `consent-${clientId}`, clientId, what: 'GetDecision', ground });
    const asked = { recipient, purpose, categories };
    const answers = records.map(({ record }) => coverage(record, asked, at));
    const decided = nearestToYes(answers);
    const { allowed, reason } = decided;
    if (!decided.allowed) {
      const refused = standingAgainst(nosOf(records), asked).findLast(({ how }) => how === 'refused');
      return { allowed, at, ...(refused ? { reason: 'refused', refusedAt: refused.saidAt } : { reason }) };
    }
    const { consentId, override } = decided.cites;
    return { allowed, reason, at, ...(override ? { overrideId: override.overrideId } : { consentId }) };
  }

  private momentOf({ at }: DecisionParams): Instant {
    const now = this.clock.now();
    if (at === undefined) return now;
    if (isBefore(now, at))
      throw new Problem(422, 'invalid_input', 'Nobody knows yet what the client will have consented to.', [
        { field: 'at', rule: 'past', message: 'must not lie in the future' },
      ]);
    return new Date(at).toISOString();
  }
}
