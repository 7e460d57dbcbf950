import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { Aggregates, type Call, CallOf, DecidedAnew, Done, done, IdPipe } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';
import { ReceiptHashes } from '../receipts/receipt-hashes.js';
import { VisibleConcerns } from '../visible-concerns.js';

export class IssueClientReceiptBody {}

export class ClientReceipt {
  @ApiProperty({ pattern: '^\\d{16}$', description: 'Hand it to the client only; shown this once.' }) receipt: string;
}

export class IssueClientReceipt extends Command<Done<ClientReceipt>> {
  constructor(
    readonly concernId: string,
    readonly idempotencyKey: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/client-receipt')
export class IssueClientReceiptEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @DecidedAnew()
  @Access('IssueClientReceipt')
  @ApiOperation({
    summary: 'Give the client a receipt of their own, when somebody else reported',
    description:
      'Refused with `client_holds_reporter_receipt` where the client reported with a receipt: it becomes the client receipt when ' +
      'the case opens, and one that is lost is replaced.',
  })
  @ApiCreatedResponse({ type: ClientReceipt })
  issue(
    @Param('id', IdPipe) id: string,
    @Body() _body: IssueClientReceiptBody,
    @Headers('idempotency-key') key: string,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new IssueClientReceipt(id, key, caller, call));
  }
}

@CommandHandler(IssueClientReceipt)
export class IssueClientReceiptHandler implements ICommandHandler<IssueClientReceipt> {
  constructor(
    private readonly concerns: VisibleConcerns,
    private readonly aggregates: Aggregates,
    private readonly hashes: ReceiptHashes,
  ) {}

  async execute({ concernId, idempotencyKey, caller, call }: IssueClientReceipt) {
    await this.concerns.find(caller, 'IssueClientReceipt', concernId);
    const { receipt, receiptHash } = await this.hashes.issue(idempotencyKey, `${call.actor.id}/${concernId}`);
    const written = await this.aggregates.change(
      concernAggregate,
      concernId,
      { type: 'IssueClientReceipt', receiptHash },
      call,
    );
    return done(written, { receipt });
  }
}
