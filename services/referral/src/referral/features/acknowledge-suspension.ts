import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleReferrals } from '../visible-referrals.js';
import { ReferralChanged } from './referral-answers.js';

/** Nothing to say but that it happens. */
export class AcknowledgeSuspensionBody {}

export class AcknowledgeSuspension extends Command<Done<ReferralChanged>> {
  constructor(
    readonly referralId: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the unit')
@Controller('v1/referrals/:id/suspension-acknowledgement')
export class AcknowledgeSuspensionEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('AcknowledgeSuspension')
  @ApiOperation({
    summary: 'Confirm that the unit knows: consent is withdrawn, nothing of the package may be used further',
  })
  @ApiOkResponse({ type: ReferralChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() _body: AcknowledgeSuspensionBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new AcknowledgeSuspension(id, caller, call));
  }
}

@CommandHandler(AcknowledgeSuspension)
export class AcknowledgeSuspensionHandler implements ICommandHandler<AcknowledgeSuspension> {
  constructor(private readonly referrals: VisibleReferrals) {}

  execute({ referralId, caller, call }: AcknowledgeSuspension) {
    return this.referrals.change(referralId, caller, call, { type: 'AcknowledgeSuspension' });
  }
}
