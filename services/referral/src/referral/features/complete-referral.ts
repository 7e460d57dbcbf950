import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type ReferralOutcome, referralOutcomes } from '@waymark/contracts';
import { type Call, CallOf, Code, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

export class CompleteReferralBody {
  @Code(referralOutcomes) outcome: ReferralOutcome;
}

export class CompleteReferral extends Command<Done<ReferralChanged>> {
  constructor(
    readonly referralId: string,
    readonly outcome: ReferralOutcome,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the unit')
@Controller('v1/referrals/:id/completion')
export class CompleteReferralEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('CompleteReferral')
  @ApiOperation({ summary: 'The unit brings an accepted referral to its end, with its outcome' })
  @ApiOkResponse({ type: ReferralChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: CompleteReferralBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new CompleteReferral(id, body.outcome, caller, call));
  }
}

@CommandHandler(CompleteReferral)
export class CompleteReferralHandler implements ICommandHandler<CompleteReferral> {
  constructor(private readonly referrals: VisibleReferrals) {}

  execute({ referralId, outcome, caller, call }: CompleteReferral) {
    return this.referrals.change(referralId, caller, call, { type: 'CompleteReferral', outcome });
  }
}
