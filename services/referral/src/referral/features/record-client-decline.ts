import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

/** Nothing to say but that it happens. */
export class RecordClientDeclineBody {}

export class RecordClientDecline extends Command<Done<ReferralChanged>> {
  constructor(
    readonly referralId: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/referrals/:id/client-decline')
export class RecordClientDeclineEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('RecordClientDecline')
  @ApiOperation({ summary: 'Record that the client does not want this referral' })
  @ApiOkResponse({ type: ReferralChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() _body: RecordClientDeclineBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new RecordClientDecline(id, caller, call));
  }
}

@CommandHandler(RecordClientDecline)
export class RecordClientDeclineHandler implements ICommandHandler<RecordClientDecline> {
  constructor(private readonly referrals: VisibleReferrals) {}

  execute({ referralId, caller, call }: RecordClientDecline) {
    return this.referrals.change(referralId, caller, call, { type: 'RecordClientDecline' });
  }
}
