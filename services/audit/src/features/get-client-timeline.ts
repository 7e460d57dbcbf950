import { Controller, Get, Headers, Param, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { IdPipe } from '@waymark/service-kit';
import { type Replay, Replays } from '../history/replays.js';
import { Timeline, timelineAnswer, TimelineParams } from './timeline-answer.js';

export class GetClientTimeline extends Query<Timeline> {
  constructor(
    readonly clientId: string,
    readonly params: TimelineParams,
    readonly replay: Replay,
  ) {
    super();
  }
}

@ApiTags('For auditors')
@Controller('v1/clients/:id/timeline')
export class GetClientTimelineEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('GetClientTimeline')
  @ApiOperation({ summary: 'Every event of every service about a client, in the order of the log' })
  @ApiOkResponse({ type: Timeline })
  read(
    @Param('id', IdPipe) id: string,
    @QueryParams() params: TimelineParams,
    @Caller() caller: Principal,
    @Headers('waymark-position') position?: string,
  ) {
    return this.queries.execute(new GetClientTimeline(id, params, { caller, what: 'GetClientTimeline', position }));
  }
}

@QueryHandler(GetClientTimeline)
export class GetClientTimelineHandler implements IQueryHandler<GetClientTimeline> {
  constructor(private readonly replays: Replays) {}

  async execute({ clientId, params, replay }: GetClientTimeline): Promise<Timeline> {
    return timelineAnswer(await this.replays.ofClient(clientId, replay), params);
  }
}
