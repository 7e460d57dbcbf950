import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { declineReasons, type DeclineReason } from '@waymark/contracts';
import { type Call, CallOf, Code, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

export class DeclineReferralBody {
  @Code(declineReasons) reason: DeclineReason;
}

export class DeclineReferral extends Command<Done<ReferralChanged>> {
  constructor(
    readonly referralId: string,
    readonly reason: DeclineReason,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the unit')
@Controller('v1/referrals/:id/decline')
export class DeclineReferralEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('DeclineReferral')
  @ApiOperation({ summary: 'Turn the referral down, with a reason, once it is acknowledged' })
  @ApiOkResponse({ type: ReferralChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: DeclineReferralBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new DeclineReferral(id, body.reason, caller, call));
  }
}

@CommandHandler(DeclineReferral)
export class DeclineReferralHandler implements ICommandHandler<DeclineReferral> {
  constructor(private readonly referrals: VisibleReferrals) {}

  execute({ referralId, reason, caller, call }: DeclineReferral) {
    return this.referrals.change(referralId, caller, call, { type: 'DeclineReferral', reason });
  }
}
