import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { legalHoldBases, type LegalHoldBasis } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe } from '@waymark/service-kit';
import { DomainRejection } from '@waymark/event-sourcing';
import { ErasureReaders } from '../erasure-readers.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { callAbout, callTo, type LinkedRecord, linkedRecords } from '../linked-records.js';
import { LiftLegalHold } from './lift-legal-hold.js';

export class PlaceLegalHoldBody {
  @Code(legalHoldBases, { description: 'What obliges somebody to keep it' }) basis: LegalHoldBasis;
}

export class PlacedLegalHold {
  @ApiProperty({ format: 'uuid' }) holdId: string;
}

/** While it stands no erasure of the client is approved. */
export class PlaceLegalHold extends Command<Done<PlacedLegalHold>> {
  constructor(
    readonly clientId: string,
    readonly basis: LegalHoldBasis,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/clients/:clientId/legal-holds')
export class PlaceLegalHoldEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('PlaceLegalHold')
  @ApiOperation({ summary: 'Keep what there is about the client: no erasure is approved meanwhile' })
  @ApiCreatedResponse({ type: PlacedLegalHold })
  async place(
    @Param('clientId', IdPipe) clientId: string,
    @Body() { basis }: PlaceLegalHoldBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.readers.demand(caller, 'PlaceLegalHold', clientId);
    return this.commands.execute(new PlaceLegalHold(clientId, basis, call));
  }
}

@CommandHandler(PlaceLegalHold)
export class PlaceLegalHoldHandler implements ICommandHandler<PlaceLegalHold> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly commands: CommandBus,
  ) {}

  /**
   * It stands in the record of every id of the person, and is acknowledged once it does: an approval, by whichever id, comes before it or finds it.
   * Where an approval was first it is taken back.
   */
  async execute({ clientId, basis, call }: PlaceLegalHold) {
    const command = { type: 'PlaceLegalHold', clientId, basis } as const;
    const written = await this.aggregates.change(consentRecordAggregate, clientId, command, call);
    const [event] = written.events;
    const holdId = event?.type === 'LegalHoldPlaced' ? event.data.holdId : '';
    const [, ...others] = await linkedRecords(this.aggregates, clientId);
    try {
      for (const other of others) await this.placeAlong(other, { basis, holdId }, call);
    } catch (error) {
      if (error instanceof DomainRejection && error.code === 'person_erased')
        await this.commands.execute(new LiftLegalHold(clientId, holdId, callTo('take back', call)));
      throw error;
    }
    return done(written, { holdId });
  }

  private async placeAlong(
    other: LinkedRecord,
    hold: { readonly basis: LegalHoldBasis; readonly holdId: string },
    call: Call,
  ): Promise<void> {
    const command = { type: 'PlaceLegalHold', clientId: other.clientId, ...hold } as const;
    await this.aggregates.change(consentRecordAggregate, other.clientId, command, callAbout(other, call));
  }
}
