import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

/** Nothing to say but that it happens. */
export class RecordNonAttendanceBody {}

export class RecordNonAttendance extends Command<Done<ReferralChanged>> {
  constructor(
    readonly referralId: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the unit')
@Controller('v1/referrals/:id/non-attendance')
export class RecordNonAttendanceEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('RecordNonAttendance')
  @ApiOperation({ summary: 'The client did not come' })
  @ApiOkResponse({ type: ReferralChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() _body: RecordNonAttendanceBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new RecordNonAttendance(id, caller, call));
  }
}

@CommandHandler(RecordNonAttendance)
export class RecordNonAttendanceHandler implements ICommandHandler<RecordNonAttendance> {
  constructor(private readonly referrals: VisibleReferrals) {}

  execute({ referralId, caller, call }: RecordNonAttendance) {
    return this.referrals.change(referralId, caller, call, { type: 'RecordNonAttendance' });
  }
}
