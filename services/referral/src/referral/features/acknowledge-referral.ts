import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

/** Nothing to say but that it happens. */
export class AcknowledgeReferralBody {}

export class AcknowledgeReferral extends Command<Done<ReferralChanged>> {
  constructor(
    readonly referralId: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the unit')
@Controller('v1/referrals/:id/acknowledgement')
export class AcknowledgeReferralEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('AcknowledgeReferral')
  @ApiOperation({ summary: 'Say that the referral has arrived' })
  @ApiOkResponse({ type: ReferralChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() _body: AcknowledgeReferralBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new AcknowledgeReferral(id, caller, call));
  }
}

@CommandHandler(AcknowledgeReferral)
export class AcknowledgeReferralHandler implements ICommandHandler<AcknowledgeReferral> {
  constructor(private readonly referrals: VisibleReferrals) {}

  execute({ referralId, caller, call }: AcknowledgeReferral) {
    return this.referrals.change(referralId, caller, call, { type: 'AcknowledgeReferral' });
  }
}
