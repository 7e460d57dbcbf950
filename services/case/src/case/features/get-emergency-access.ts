import { Controller, Get, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { emergencyPurposes, emergencyReviewOutcomes } from '@waymark/contracts';
import { AccessRecords, EmergencyRead, IdPipe, ReadLog } from '@waymark/service-kit';
import { reject } from '../domain/case.rejections.js';
import type { EmergencyAccess } from '../domain/case.state.js';
import { VisibleCases } from '../visible-cases.js';

export class EmergencyReviewView {
  @ApiProperty({ enum: emergencyReviewOutcomes }) outcome: string;
  @ApiProperty({ required: false, description: 'Absent when erased, and for whoever may not read the case' })
  findings?: string;
  @ApiProperty() reviewedBy: string;
  @ApiProperty({ format: 'date-time' }) reviewedAt: string;
}

export class EmergencyAccessView {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({
    required: false,
    format: 'uuid',
    description: 'Which they may have read as well: intake lists that',
  })
  concernId?: string;
  @ApiProperty({ format: 'uuid' }) grantId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ enum: emergencyPurposes }) purpose: string;
  @ApiProperty({ required: false, description: 'Absent when erased, and for whoever may not read the case' })
  reason?: string;
  @ApiProperty({ format: 'date-time' }) grantedAt: string;
  @ApiProperty({ format: 'date-time' }) endsAt: string;
  @ApiProperty({ format: 'date-time' }) reviewDueAt: string;
  @ApiProperty({ description: 'Nobody has reviewed it in time' }) overdue: boolean;
  @ApiProperty({ required: false }) review?: EmergencyReviewView;
  @ApiProperty({ type: [EmergencyRead], description: 'All that was read of the case under it, the first at first' })
  reads: EmergencyRead[];
}

export class GetEmergencyAccess extends Query<EmergencyAccessView> {
  constructor(
    readonly caseId: string,
    readonly grantId: string,
    readonly caller: Principal,
  ) {
    super();
  }
}

@ApiTags('In an emergency')
@Controller('v1/cases/:id/emergency-accesses/:grantId')
export class GetEmergencyAccessEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ReadEmergencyAccess')
  @ApiOperation({ summary: 'Who broke the glass of a case, why, and everything of it that was read under it' })
  @ApiOkResponse({ type: EmergencyAccessView })
  read(@Param('id', IdPipe) id: string, @Param('grantId', IdPipe) grantId: string, @Caller() caller: Principal) {
    return this.queries.execute(new GetEmergencyAccess(id, grantId, caller));
  }
}

@QueryHandler(GetEmergencyAccess)
export class GetEmergencyAccessHandler implements IQueryHandler<GetEmergencyAccess> {
  constructor(
    private readonly cases: VisibleCases,
    private readonly reads: ReadLog,
    private readonly records: AccessRecords,
  ) {}

  async execute({ caseId, grantId, caller }: GetEmergencyAccess): Promise<EmergencyAccessView> {
    const { current, ground } = await this.cases.find(caller, 'ReadEmergencyAccess', caseId);
    const access = current.emergencyAccesses.find((each) => each.grantId === grantId);
    if (!access) return reject('emergency_access_not_found');
    const { clientId, concernId } = current;
    const what = 'GetEmergencyAccess';
    await this.reads.read({ principal: caller, stream: `case-${caseId}`, clientId, what, ground });
    const readsTexts = await this.cases.allow(caller, 'ReadCase', current);
    return { caseId, concernId, ...viewOf(access, readsTexts), reads: await this.records.under(grantId, caseId) };
  }
}

/** Texts are for whoever may read the case; what was erased is absent all the same. */
function viewOf(
  access: EmergencyAccess,
  withTexts: boolean,
): Omit<EmergencyAccessView, 'caseId' | 'concernId' | 'reads'> {
  const { grantId, staffId, purpose, reason, grantedAt, endsAt, reviewDueAt, overdue, review } = access;
  return {
    ...{ grantId, staffId, purpose, grantedAt, endsAt, reviewDueAt, overdue },
    ...(withTexts ? { reason } : {}),
    ...(review ? { review: reviewOf(review, withTexts) } : {}),
  };
}

const reviewOf = (
  { outcome, findings, reviewedBy, reviewedAt }: NonNullable<EmergencyAccess['review']>,
  withTexts: boolean,
): EmergencyReviewView => ({ outcome, reviewedBy, reviewedAt, ...(withTexts ? { findings } : {}) });
