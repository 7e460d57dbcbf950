import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type EmergencyReviewOutcome, emergencyReviewOutcomes } from '@waymark/contracts';
import { type Call, CallOf, Code, type Done, done, IdPipe, Text } from '@waymark/service-kit';
import { nothingKept } from '../domain/case.events.js';
import { VisibleCases } from '../visible-cases.js';
import { NothingKept } from './case-answers.js';

export class ReviewEmergencyAccessBody {
  @Code(emergencyReviewOutcomes) outcome: EmergencyReviewOutcome;
  @Text({ max: 2000, description: 'Sealed' }) findings: string;
}

export class EmergencyAccessReview {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ format: 'uuid' }) grantId: string;
  @ApiProperty({ enum: emergencyReviewOutcomes }) outcome: EmergencyReviewOutcome;
  @NothingKept() erased?: boolean;
}

export class ReviewEmergencyAccess extends Command<Done<EmergencyAccessReview>> {
  constructor(
    readonly caseId: string,
    readonly grantId: string,
    readonly body: ReviewEmergencyAccessBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('In an emergency')
@Controller('v1/cases/:id/emergency-accesses/:grantId/review')
export class ReviewEmergencyAccessEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('ReviewEmergencyAccess')
  @ApiOperation({
    summary: 'Say what came out of looking at it; not by whoever broke the glass',
    description:
      'Ends the access if its hours are not over. Refused with `own_emergency_access` (409) for whoever broke the glass, and with `emergency_access_reviewed` (409) a second time. Of a client who was erased the outcome is kept, and no findings.',
  })
  @ApiOkResponse({ type: EmergencyAccessReview })
  handle(
    @Param('id', IdPipe) id: string,
    @Param('grantId', IdPipe) grantId: string,
    @Body() body: ReviewEmergencyAccessBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new ReviewEmergencyAccess(id, grantId, body, caller, call));
  }
}

@CommandHandler(ReviewEmergencyAccess)
export class ReviewEmergencyAccessHandler implements ICommandHandler<ReviewEmergencyAccess> {
  constructor(private readonly cases: VisibleCases) {}

  async execute({ caseId, grantId, body: { outcome, findings }, caller, call }: ReviewEmergencyAccess) {
    const command = { type: 'ReviewEmergencyAccess', grantId, outcome, findings } as const;
    const written = await this.cases.change(caseId, caller, call, command);
    const erased = written.events.some(nothingKept) ? { erased: true } : {};
    return done(written, { caseId, grantId, outcome, ...erased });
  }
}
