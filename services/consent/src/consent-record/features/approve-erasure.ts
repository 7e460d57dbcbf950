import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { Aggregates, type Call, CallOf, type Done, done, IdPipe } from '@waymark/service-kit';
import { derivedId } from '@waymark/messaging';
import { reject } from '../domain/consent-record.rejections.js';
import { hasDecided, linkedRecords, recordsReportedOf } from '../linked-records.js';
import { EraseLinked } from './erase-linked.js';
import { ErasureReaders } from '../erasure-readers.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';

export class ApproveErasureBody {}

export class ApprovedErasure {
  @ApiProperty({ enum: ['approved'] }) status: 'approved';
}

/** From here on there is no way back: every context destroys its key of the client. */
export class ApproveErasure extends Command<Done<ApprovedErasure>> {
  constructor(
    readonly clientId: string,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/clients/:clientId/erasure-approval')
export class ApproveErasureEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('ApproveErasure')
  @ApiOperation({
    summary: 'Approve the erasure that somebody else has asked for: it cannot be taken back',
    description: 'Refused with `legal_hold_stands` while there is a legal hold, and with `approver_is_requester`.',
  })
  @ApiOkResponse({ type: ApprovedErasure })
  async approve(
    @Param('clientId', IdPipe) clientId: string,
    @Body() _body: ApproveErasureBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'ApproveErasure', clientId);
    return this.commands.execute(new ApproveErasure(clientId, call));
  }
}

@CommandHandler(ApproveErasure)
export class ApproveErasureHandler implements ICommandHandler<ApproveErasure> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly commands: CommandBus,
  ) {}

  async execute({ clientId, call }: ApproveErasure) {
    const [own, ...others] = await linkedRecords(this.aggregates, clientId);
    const ofTheClient = await recordsReportedOf(this.aggregates, own.record);
    if (!hasDecided(own, call.commandId) && [...others, ...ofTheClient].some(({ record }) => record.holds.length > 0))
      reject('legal_hold_stands');
    const written = await this.aggregates.change(consentRecordAggregate, clientId, { type: 'ApproveErasure' }, call);
    if (others.length > 0)
      await this.commands.execute(
        new EraseLinked(clientId, { ...call, commandId: derivedId(call.commandId, 'linked') }),
      );
    return done(written, { status: 'approved' as const });
  }
}
