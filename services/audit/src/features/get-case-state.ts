import { Controller, Get, Headers, Param, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { Code, IdPipe, Moment } from '@waymark/service-kit';
import type { ClientHistory } from '../history/client-histories.js';
import { type Replay, Replays } from '../history/replays.js';
import { isOfOtherServices, type TimeAxis } from '../replay/fact.js';
import { stateAt } from '../replay/state-at.js';
import { CaseState } from './case-state.answer.js';

export class CaseStateParams {
  @Moment({ description: 'The moment to look at, that included', example: '2026-03-03T10:00:00.000Z' }) at: string;
  @Code(['recorded', 'occurred'], {
    optional: true,
    description:
      '`recorded`, as without it: as it was known then. `occurred`: as it was then, also where it was told later.',
  })
  by?: TimeAxis;
}

export class GetCaseState extends Query<CaseState> {
  constructor(
    readonly caseId: string,
    readonly params: CaseStateParams,
    readonly replay: Replay,
  ) {
    super();
  }
}

@ApiTags('For auditors')
@Controller('v1/cases/:id/state')
export class GetCaseStateEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('GetCaseState')
  @ApiOperation({ summary: 'The case, its concern, its consents and referrals as of any moment' })
  @ApiOkResponse({ type: CaseState })
  read(
    @Param('id', IdPipe) id: string,
    @QueryParams() params: CaseStateParams,
    @Caller() caller: Principal,
    @Headers('waymark-position') position?: string,
  ) {
    return this.queries.execute(new GetCaseState(id, params, { caller, what: 'GetCaseState', position }));
  }
}

@QueryHandler(GetCaseState)
export class GetCaseStateHandler implements IQueryHandler<GetCaseState> {
  constructor(private readonly replays: Replays) {}

  async execute({ caseId, params, replay }: GetCaseState): Promise<CaseState> {
    return stateAnswer(caseId, params, await this.replays.ofCase(caseId, replay));
  }
}

function stateAnswer(
  caseId: string,
  { at, by = 'recorded' }: CaseStateParams,
  { clientId, facts, streams }: ClientHistory,
): CaseState {
  const { notInterpreted, ...state } = stateAt(facts.filter(isOfOtherServices), caseId, at, by);
  return {
    caseId,
    clientId,
    at,
    by,
    intact: streams.every(({ verdict }) => verdict.intact),
    ...state,
    notInterpreted: [...notInterpreted].map(([type, events]) => ({ type, events })),
  };
}
