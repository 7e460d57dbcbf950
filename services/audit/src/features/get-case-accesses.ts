import { Controller, Get, Headers, Param, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { IdPipe, Pattern } from '@waymark/service-kit';
import { Listings } from '../accesses/listings.js';
import { type Replay, Replays } from '../history/replays.js';
import { accessOf, type AccessThen, shownOf } from '../replay/accesses.js';
import { byPosition, type Fact } from '../replay/fact.js';
import { isInterpreted } from '../replay/interpreted-versions.js';
import { pageOf } from '../replay/timeline.js';
import { UnknownEventsView } from './case-state.answer.js';
import { ActorView, filterOf, nextOf, TimelineParams } from './timeline-answer.js';

export class CaseAccessesParams extends TimelineParams {
  // Looking is an access itself: pages of one would never come to an end.
  @Pattern(/^([1-9]\d|[1-4]\d\d|500)$/, { optional: true, description: '10 to 500, 100 when left out' })
  override limit?: string;
}

export class AccessLine implements AccessThen {
  @ApiProperty({ description: 'Place in the whole log', example: '1042' }) position: string;
  @ApiProperty({ format: 'date-time' }) recordedAt: string;
  @ApiProperty({ format: 'date-time' }) occurredAt: string;
  @ApiProperty() service: string;
  @ApiProperty({ format: 'uuid' }) eventId: string;
  @ApiProperty() type: string;
  @ApiProperty({ description: 'Who saw it, or wanted to' }) who: ActorView;
  @ApiProperty({ required: false }) unit?: string;
  @ApiProperty({ required: false, description: 'Stream of what was asked for; absent where it was a list' })
  resource?: string;
  @ApiProperty({
    required: false,
    type: [String],
    description: 'Streams of what a list showed; of the client alone where their accesses are asked for',
  })
  shown?: readonly string[];
  @ApiProperty({ description: 'The query, or the act' }) what: string;
  @ApiProperty({ required: false, type: [String], description: 'Data categories, where the log names them' })
  categories?: readonly string[];
  @ApiProperty({ required: false }) purpose?: string;
  @ApiProperty({ required: false, description: 'What let them in, or what was missing' }) ground?: string;
  @ApiProperty({ enum: ['allowed', 'refused'] }) outcome: 'allowed' | 'refused';
  @ApiProperty({ required: false, format: 'uuid' }) consentId?: string;
  @ApiProperty({ required: false, format: 'uuid' }) disclosureId?: string;
}

export class CaseAccesses {
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ type: [AccessLine], description: 'In the order of the log' }) items: AccessLine[];
  @ApiProperty({
    type: [UnknownEventsView],
    description: 'Events in versions that audit does not know: they may tell of accesses that are not listed here.',
  })
  notInterpreted: UnknownEventsView[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

export class GetCaseAccesses extends Query<CaseAccesses> {
  constructor(
    readonly caseId: string,
    readonly params: CaseAccessesParams,
    readonly replay: Replay,
  ) {
    super();
  }
}

@ApiTags('For auditors')
@Controller('v1/cases/:id/accesses')
export class GetCaseAccessesEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('GetCaseAccesses')
  @ApiOperation({ summary: 'Who saw what about the case’s client, when, why and under which consent; refusals too' })
  @ApiOkResponse({ type: CaseAccesses })
  read(
    @Param('id', IdPipe) id: string,
    @QueryParams() params: CaseAccessesParams,
    @Caller() caller: Principal,
    @Headers('waymark-position') position?: string,
  ) {
    return this.queries.execute(new GetCaseAccesses(id, params, { caller, what: 'GetCaseAccesses', position }));
  }
}

@QueryHandler(GetCaseAccesses)
export class GetCaseAccessesHandler implements IQueryHandler<GetCaseAccesses> {
  constructor(
    private readonly replays: Replays,
    private readonly listings: Listings,
  ) {}

  async execute({ caseId, params, replay }: GetCaseAccesses): Promise<CaseAccesses> {
    const { clientId, facts, streams } = await this.replays.ofCase(caseId, replay);
    const names = streams.map(({ stream }) => stream);
    const filter = filterOf(params);
    const listed = await this.listings.of(names, filter);
    const accesses = [...facts.filter((fact) => accessOf(fact) !== undefined), ...listed];
    const { page, more } = pageOf(accesses.sort(byPosition), filter);
    const ofClient = new Set(names);
    const items = page.flatMap((fact) => accessOf(fact) ?? []).map((access) => shownOf(access, ofClient));
    return { clientId, items, notInterpreted: notInterpreted(facts), ...nextOf(page, more) };
  }
}

function notInterpreted(facts: readonly Fact[]): UnknownEventsView[] {
  const types = facts.filter((fact) => !isInterpreted(fact)).map(({ type }) => type);
  return [...new Set(types)].map((type) => ({ type, events: types.filter((each) => each === type).length }));
}
