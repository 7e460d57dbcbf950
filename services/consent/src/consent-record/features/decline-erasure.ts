import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type ErasureDeclineReason, erasureDeclineReasons } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { ErasureReaders } from '../erasure-readers.js';

export class DeclineErasureBody {
  @Code(erasureDeclineReasons) reason: ErasureDeclineReason;
}

export class DeclinedErasure {
  @ApiProperty({ enum: ['declined'] }) status: 'declined';
}

/** The request is over, until somebody asks again; the retention rule does so after another silence. */
export class DeclineErasure extends Command<Done<DeclinedErasure>> {
  constructor(
    readonly clientId: string,
    readonly reason: ErasureDeclineReason,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/clients/:clientId/erasure-decline')
export class DeclineErasureEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('DeclineErasure')
  @ApiOperation({
    summary: 'Decline the erasure that somebody else has asked for',
    description: 'Refused with `approver_is_requester`, and with `person_erased` once it was approved.',
  })
  @ApiOkResponse({ type: DeclinedErasure })
  async decline(
    @Param('clientId', IdPipe) clientId: string,
    @Body() { reason }: DeclineErasureBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'DeclineErasure', clientId);
    return this.commands.execute(new DeclineErasure(clientId, reason, call));
  }
}

@CommandHandler(DeclineErasure)
export class DeclineErasureHandler implements ICommandHandler<DeclineErasure> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, reason, call }: DeclineErasure) {
    const command = { type: 'DeclineErasure', reason } as const;
    const written = await this.aggregates.change(consentRecordAggregate, clientId, command, call);
    return done(written, { status: 'declined' as const });
  }
}
