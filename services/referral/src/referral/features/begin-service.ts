import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

/** Nothing to say but that it happens. */
export class BeginServiceBody {}

export class BeginService extends Command<Done<ReferralChanged>> {
  constructor(
    readonly referralId: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the unit')
@Controller('v1/referrals/:id/service-start')
export class BeginServiceEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('BeginService')
  @ApiOperation({ summary: 'The unit begins what the client was referred for' })
  @ApiOkResponse({ type: ReferralChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() _body: BeginServiceBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new BeginService(id, caller, call));
  }
}

@CommandHandler(BeginService)
export class BeginServiceHandler implements ICommandHandler<BeginService> {
  constructor(private readonly referrals: VisibleReferrals) {}

  execute({ referralId, caller, call }: BeginService) {
    return this.referrals.change(referralId, caller, call, { type: 'BeginService' });
  }
}
