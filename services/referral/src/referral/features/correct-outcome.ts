import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type ReferralOutcome, referralOutcomes } from '@waymark/contracts';
import { type Call, CallOf, Code, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

export class CorrectOutcomeBody {
  @Code(referralOutcomes) outcome: ReferralOutcome;
}

export class CorrectOutcome extends Command<Done<ReferralChanged>> {
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
@Controller('v1/referrals/:id/outcome-correction')
export class CorrectOutcomeEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('CorrectOutcome')
  @ApiOperation({ summary: 'Give a completed referral another outcome: what was said before stays in the log' })
  @ApiOkResponse({ type: ReferralChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: CorrectOutcomeBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new CorrectOutcome(id, body.outcome, caller, call));
  }
}

@CommandHandler(CorrectOutcome)
export class CorrectOutcomeHandler implements ICommandHandler<CorrectOutcome> {
  constructor(private readonly referrals: VisibleReferrals) {}

  execute({ referralId, outcome, caller, call }: CorrectOutcome) {
    return this.referrals.change(referralId, caller, call, { type: 'CorrectOutcome', outcome });
  }
}
