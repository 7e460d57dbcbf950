import { Controller, Get, Headers, Param, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { IdPipe } from '@waymark/service-kit';
import { type Replay, Replays } from '../history/replays.js';
import { Timeline, timelineAnswer, TimelineParams } from './timeline-answer.js';

export class GetCaseTimeline extends Query<Timeline> {
  constructor(
    readonly caseId: string,
    readonly params: TimelineParams,
    readonly replay: Replay,
  ) {
    super();
  }
}

@ApiTags('For auditors')
@Controller('v1/cases/:id/timeline')
export class GetCaseTimelineEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('GetCaseTimeline')
  @ApiOperation({ summary: 'Every event of every service about the case’s client, in the order of the log' })
  @ApiOkResponse({ type: Timeline })
  read(
    @Param('id', IdPipe) id: string,
    @QueryParams() params: TimelineParams,
    @Caller() caller: Principal,
    @Headers('waymark-position') position?: string,
  ) {
    return this.queries.execute(new GetCaseTimeline(id, params, { caller, what: 'GetCaseTimeline', position }));
  }
}

@QueryHandler(GetCaseTimeline)
export class GetCaseTimelineHandler implements IQueryHandler<GetCaseTimeline> {
  constructor(private readonly replays: Replays) {}

  async execute({ caseId, params, replay }: GetCaseTimeline): Promise<Timeline> {
    return timelineAnswer(await this.replays.ofCase(caseId, replay), params);
  }
}
