import { Controller, Get, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { emergencyPurposes } from '@waymark/contracts';
import { AccessRecords, EmergencyRead, IdPipe, notFound, ReadLog } from '@waymark/service-kit';
import { VisibleConcerns } from '../visible-concerns.js';

export class EmergencyAccessToConcernView {
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ format: 'uuid' }) grantId: string;
  @ApiProperty() staffId: string;
  @ApiProperty({ enum: emergencyPurposes }) purpose: string;
  @ApiProperty({ format: 'date-time' }) endsAt: string;
  @ApiProperty({ description: 'It was reviewed' }) ended: boolean;
  @ApiProperty({ type: [EmergencyRead], description: 'All that was read of the concern under it, the first at first' })
  reads: EmergencyRead[];
}

export class GetEmergencyAccessToConcern extends Query<EmergencyAccessToConcernView> {
  constructor(
    readonly concernId: string,
    readonly grantId: string,
    readonly caller: Principal,
  ) {
    super();
  }
}

@ApiTags('In an emergency')
@Controller('v1/concerns/:id/emergency-accesses/:grantId')
export class GetEmergencyAccessToConcernEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ReadEmergencyAccessToConcern')
  @ApiOperation({ summary: 'What was read of a concern by whoever broke the glass of its case' })
  @ApiOkResponse({ type: EmergencyAccessToConcernView })
  read(@Param('id', IdPipe) id: string, @Param('grantId', IdPipe) grantId: string, @Caller() caller: Principal) {
    return this.queries.execute(new GetEmergencyAccessToConcern(id, grantId, caller));
  }
}

@QueryHandler(GetEmergencyAccessToConcern)
export class GetEmergencyAccessToConcernHandler implements IQueryHandler<GetEmergencyAccessToConcern> {
  constructor(
    private readonly concerns: VisibleConcerns,
    private readonly reads: ReadLog,
    private readonly records: AccessRecords,
  ) {}

  async execute({ concernId, grantId, caller }: GetEmergencyAccessToConcern): Promise<EmergencyAccessToConcernView> {
    const {
      concern,
      writtenAt: _messages,
      ...allowed
    } = await this.concerns.find(caller, 'ReadEmergencyAccessToConcern', concernId);
    const access = concern.emergencyAccesses.find((each) => each.grantId === grantId);
    if (!access) throw notFound();
    await this.reads.read({
      principal: caller,
      stream: `concern-${concernId}`,
      clientId: concern.clientId,
      what: 'GetEmergencyAccessToConcern',
      ...allowed,
    });
    const { staffId, purpose, endsAt, ended } = access;
    const reads = await this.records.under(grantId, concernId);
    return { ...{ concernId, grantId, staffId, purpose, endsAt, ended }, reads };
  }
}
