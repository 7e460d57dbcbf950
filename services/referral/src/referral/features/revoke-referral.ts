import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

/** Nothing to say but that it happens. */
export class RevokeReferralBody {}

export class RevokeReferral extends Command<Done<ReferralChanged>> {
  constructor(
    readonly referralId: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/referrals/:id/revocation')
export class RevokeReferralEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('RevokeReferral')
  @ApiOperation({ summary: 'Take a referral back: nothing of it can be opened any more' })
  @ApiOkResponse({ type: ReferralChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() _body: RevokeReferralBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new RevokeReferral(id, caller, call));
  }
}

@CommandHandler(RevokeReferral)
export class RevokeReferralHandler implements ICommandHandler<RevokeReferral> {
  constructor(private readonly referrals: VisibleReferrals) {}

  execute({ referralId, caller, call }: RevokeReferral) {
    return this.referrals.change(referralId, caller, call, { type: 'RevokeReferral' });
  }
}
