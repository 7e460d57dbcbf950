import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal, receiptName } from '@waymark/access';
import {
  Aggregates,
  type Call,
  CallOf,
  Code,
  DecidedAnew,
  Done,
  done,
  IdPipe,
  type Written,
} from '@waymark/service-kit';
import { RevocationList } from '../../revocations/revocation-list.js';
import { concernAggregate } from '../concern.aggregate.js';
import type { ConcernEvent } from '../domain/concern.events.js';
import {
  type ReceiptScope,
  receiptScopes,
  type ReceiptWithdrawal,
  receiptWithdrawals,
} from '../domain/receipt-codes.js';
import type { ConcernState } from '../domain/concern.state.js';
import { ReceiptHashes } from '../receipts/receipt-hashes.js';
import { VisibleConcerns } from '../visible-concerns.js';

export class ReplaceReceiptBody {
  @Code(receiptScopes, {
    description: 'Of whoever reported, or of the client: the one that has become the client’s is meant by either',
  })
  scope: ReceiptScope;
  @Code(receiptWithdrawals, { description: 'Stands in the log in the clear' }) reason: ReceiptWithdrawal;
}

export class ReplacedReceipt {
  @ApiProperty({ pattern: '^\\d{16}$', description: 'Hand it to that person only; shown this once.' }) receipt: string;
}

export class ReplaceReceipt extends Command<Done<ReplacedReceipt>> {
  constructor(
    readonly concernId: string,
    readonly body: ReplaceReceiptBody,
    readonly idempotencyKey: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/receipt-replacements')
export class ReplaceReceiptEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @DecidedAnew()
  @Access('ReplaceReceipt')
  @ApiOperation({
    summary: 'Give somebody another receipt for theirs, which opens nothing any more',
    description: 'It is lost, or somebody else has seen it. Who has come in with it is out again within seconds.',
  })
  @ApiCreatedResponse({ type: ReplacedReceipt })
  replace(
    @Param('id', IdPipe) id: string,
    @Body() body: ReplaceReceiptBody,
    @Headers('idempotency-key') key: string,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new ReplaceReceipt(id, body, key, caller, call));
  }
}

@CommandHandler(ReplaceReceipt)
export class ReplaceReceiptHandler implements ICommandHandler<ReplaceReceipt> {
  constructor(
    private readonly concerns: VisibleConcerns,
    private readonly aggregates: Aggregates,
    private readonly hashes: ReceiptHashes,
    private readonly revocations: RevocationList,
  ) {}

  async execute({ concernId, body: { scope, reason }, idempotencyKey, caller, call }: ReplaceReceipt) {
    await this.concerns.find(caller, 'ReplaceReceipt', concernId);
    const { receipt, receiptHash } = await this.hashes.issue(idempotencyKey, `${call.actor.id}/${concernId}/${scope}`);
    const command = { type: 'ReplaceReceipt', scope, reason, receiptHash } as const;
    const written = await this.aggregates.change(concernAggregate, concernId, command, call);
    // Who dies before this comes again with the same key, and the same events are answered.
    await this.revocations.add(call.commandId, receiptName(concernId, numberOfWithdrawn(written)));
    return done(written, { receipt });
  }
}

function numberOfWithdrawn({ state, events }: Written<ConcernState, ConcernEvent>): number {
  const withdrawn = events.find((event) => event.type === 'ReceiptWithdrawn')?.data.receiptHash;
  if (state.status === 'none' || withdrawn === undefined) throw new Error('no receipt was withdrawn');
  return state.receipts.findIndex(({ receiptHash }) => receiptHash === withdrawn) + 1;
}
