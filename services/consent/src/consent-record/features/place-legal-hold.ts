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
import { isHeldBy } from '../domain/erasure.state.js';
import { recordsOfReporters } from '../reporters-of-a-client.js';
import { LiftLegalHold } from './lift-legal-hold.js';

interface Hold {
  readonly basis: LegalHoldBasis;
  readonly holdId: string;
}

export class PlaceLegalHoldBody {
  @Code(legalHoldBases, { description: 'What obliges somebody to keep it' }) basis: LegalHoldBasis;
}

export class PlacedLegalHold {
  @ApiProperty({ format: 'uuid' }) holdId: string;
}

/** While it stands no erasure of the client is approved, nor of who reported about them. */
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
  @ApiOperation({
    summary:
      'Keep what there is about the client: no erasure is approved meanwhile, of them or of who reported about them',
  })
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
   * Where an approval was first it is taken back. Then it is placed on those who reported about the client, too.
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
    await this.placeOnReporters(clientId, { basis, holdId }, call);
    return done(written, { holdId });
  }

  /**
   * Whose erasure was admitted before the hold: their approval comes before the hold in their record, or finds it there. Where it came
   * before, the client is held all the same, for what they told themself is still to be kept. The answer is no other then: who may not know
   * of a reporter learns nothing by it. Where the hold was lifted meanwhile, a retry places nothing anew.
   */
  private async placeOnReporters(clientId: string, hold: Hold, call: Call): Promise<void> {
    const records = await linkedRecords(this.aggregates, clientId);
    if (!isHeldBy(records[0].record, hold.holdId)) return;
    for (const reporter of await recordsOfReporters(this.aggregates, records))
      try {
        await this.placeAlong(reporter, hold, call);
      } catch (error) {
        if (!(error instanceof DomainRejection && error.code === 'person_erased')) throw error;
      }
  }

  private async placeAlong(other: LinkedRecord, hold: Hold, call: Call): Promise<void> {
    const command = { type: 'PlaceLegalHold', clientId: other.clientId, ...hold } as const;
    await this.aggregates.change(consentRecordAggregate, other.clientId, command, callAbout(other, call));
  }
}
