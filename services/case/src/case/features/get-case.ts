import { Controller, Get, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { caseStages, closureReasons, riskLevels } from '@waymark/contracts';
import { IdPipe, ReadLog } from '@waymark/service-kit';
import type { Closure, Reopening, RiskAssessment } from '../domain/case.events.js';
import type { Case } from '../domain/case.state.js';
import { VisibleCases } from '../visible-cases.js';
import { RiskLevelsBody } from './assess-risk.js';
import { ExplainedReferralBody } from './close-case.js';

/** What was assessed; what was erased is absent. */
export class RiskAssessmentView {
  @ApiProperty({ format: 'uuid' }) riskAssessmentId: string;
  @ApiProperty() instrument: string;
  @ApiProperty() instrumentVersion: string;
  @ApiProperty({ required: false }) levels?: RiskLevelsBody;
  @ApiProperty({ required: false, enum: riskLevels }) overall?: string;
  @ApiProperty({ required: false }) immediateActions?: string;
  @ApiProperty({ required: false, description: 'What was assessed was erased' }) erased?: boolean;
  @ApiProperty() assessedBy: string;
  @ApiProperty({ format: 'date-time' }) assessedAt: string;
  @ApiProperty({ format: 'date-time' }) reviewDueAt: string;
}

/** What was erased is absent. */
export class ClosureView {
  @ApiProperty({ format: 'date-time' }) closedAt: string;
  @ApiProperty() closedBy: string;
  @ApiProperty({ required: false, enum: closureReasons }) closureReason?: string;
  @ApiProperty({ required: false, description: 'Why there is no final risk level' }) noFinalRiskBecause?: string;
  @ApiProperty({ required: false, type: [ExplainedReferralBody], description: 'Why it was closed with these open' })
  openReferrals?: ExplainedReferralBody[];
}

/** What was erased is absent. */
export class ReopeningView {
  @ApiProperty({ format: 'date-time' }) reopenedAt: string;
  @ApiProperty() reopenedBy: string;
  @ApiProperty({ required: false }) reason?: string;
}

export class CaseView {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ example: 'K7RM-2XQD' }) caseCode: string;
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ enum: caseStages }) stage: string;
  @ApiProperty() officerId: string;
  @ApiProperty({ type: [String], description: 'The officer first.' }) team: string[];
  @ApiProperty({ format: 'date-time' }) openedAt: string;
  @ApiProperty({ required: false }) lastRiskAssessment?: RiskAssessmentView;
  @ApiProperty({ required: false, description: 'While it is closed' }) closure?: ClosureView;
  @ApiProperty({ required: false, description: 'The last time that it was closed and reopened' })
  reopening?: ReopeningView;
}

export class GetCase extends Query<CaseView> {
  constructor(
    readonly caseId: string,
    readonly caller: Principal,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/cases/:id')
export class GetCaseEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ReadCase')
  @ApiOperation({ summary: 'Read a case that you are on the team of, or any as a supervisor' })
  @ApiOkResponse({ type: CaseView })
  read(@Param('id', IdPipe) id: string, @Caller() caller: Principal) {
    return this.queries.execute(new GetCase(id, caller));
  }
}

@QueryHandler(GetCase)
export class GetCaseHandler implements IQueryHandler<GetCase> {
  constructor(
    private readonly cases: VisibleCases,
    private readonly reads: ReadLog,
  ) {}

  async execute({ caseId, caller }: GetCase): Promise<CaseView> {
    const { current, ground, purpose } = await this.cases.find(caller, 'ReadCase', caseId);
    const { clientId } = current;
    await this.reads.read({ principal: caller, stream: `case-${caseId}`, clientId, what: 'GetCase', ground, purpose });
    return viewOf(current);
  }
}

function viewOf(current: Case): CaseView {
  const { caseId, caseCode, concernId, clientId, stage, officerId, team, openedAt } = current;
  const { lastRiskAssessment, closure, reopening } = current;
  return {
    caseId,
    caseCode,
    concernId,
    clientId,
    stage,
    officerId,
    team: [...team],
    openedAt,
    ...(lastRiskAssessment ? { lastRiskAssessment: assessmentOf(lastRiskAssessment) } : {}),
    ...(closure ? { closure: closureView(closure) } : {}),
    ...(reopening ? { reopening: reopeningView(reopening) } : {}),
  };
}

function closureView({ closedAt, closedBy, closureReason, noFinalRiskBecause, openReferrals }: Closure): ClosureView {
  return {
    ...{ closedAt, closedBy, closureReason, noFinalRiskBecause },
    ...(openReferrals ? { openReferrals: openReferrals.map((each) => ({ ...each })) } : {}),
  };
}

const reopeningView = ({ reopenedAt, reopenedBy, reason }: Reopening): ReopeningView => ({
  reopenedAt,
  reopenedBy,
  reason,
});

/** What opens no more is absent, whatever the type says of it. */
function assessmentOf(assessment: RiskAssessment): RiskAssessmentView {
  const { overall }: Partial<RiskAssessment> = assessment;
  return overall === undefined ? { ...assessment, erased: true } : assessment;
}
