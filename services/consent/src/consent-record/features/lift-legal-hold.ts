import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { Aggregates, type Call, CallOf, type Done, done, IdPipe } from '@waymark/service-kit';
import { ErasureReaders } from '../erasure-readers.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { reject } from '../domain/consent-record.rejections.js';
import { isHeldBy } from '../domain/erasure.state.js';
import { callAbout, linkedRecords } from '../linked-records.js';
import { recordsOfReporters, standsOnTheClient } from '../reporters-of-a-client.js';

export class LiftLegalHoldBody {}

export class LiftedLegalHold {
  @ApiProperty({ format: 'uuid' }) holdId: string;
  @ApiProperty({ enum: ['lifted'] }) status: 'lifted';
}

export class LiftLegalHold extends Command<Done<LiftedLegalHold>> {
  constructor(
    readonly clientId: string,
    readonly holdId: string,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/clients/:clientId/legal-holds/:holdId/lifting')
export class LiftLegalHoldEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('LiftLegalHold')
  @ApiOperation({
    summary: 'Lift a legal hold',
    description:
      'Refused with `legal_hold_stands` for who reported, while it stands on the client: it is lifted there.',
  })
  @ApiOkResponse({ type: LiftedLegalHold })
  async lift(
    @Param('clientId', IdPipe) clientId: string,
    @Param('holdId', IdPipe) holdId: string,
    @Body() _body: LiftLegalHoldBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'LiftLegalHold', clientId);
    return this.commands.execute(new LiftLegalHold(clientId, holdId, call));
  }
}

@CommandHandler(LiftLegalHold)
export class LiftLegalHoldHandler implements ICommandHandler<LiftLegalHold> {
  constructor(private readonly aggregates: Aggregates) {}

  /** In the record of the named id last: whoever dies in between finds it there, and lifts it again. */
  async execute({ clientId, holdId, call }: LiftLegalHold) {
    const command = { type: 'LiftLegalHold', holdId } as const;
    const records = await linkedRecords(this.aggregates, clientId);
    if (await standsOnTheClient(this.aggregates, records[0], holdId)) reject('legal_hold_stands');
    const others = [...records.slice(1), ...(await recordsOfReporters(this.aggregates, records))];
    for (const other of others.filter(({ record }) => isHeldBy(record, holdId)))
      await this.aggregates.change(consentRecordAggregate, other.clientId, command, callAbout(other, call));
    const written = await this.aggregates.change(consentRecordAggregate, clientId, command, call);
    return done(written, { holdId, status: 'lifted' as const });
  }
}
