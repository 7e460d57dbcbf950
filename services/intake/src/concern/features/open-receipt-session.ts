import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access } from '@waymark/access';
import { LaneFullError, normaliseReceipt } from '@waymark/privacy';
import { Aggregates, Problem, Refuses, ShutOutMarks, Source, Text, Views, WithoutKey } from '@waymark/service-kit';
import type { IntakeView } from '../projections/intake-views.js';
import { concernAggregate } from '../concern.aggregate.js';
import { ConcernMarks } from '../concern-marks.js';
import type { Concern } from '../domain/concern.state.js';
import { isOfClient } from '../domain/whose-receipt.js';
import { ReceiptHashes } from '../receipts/receipt-hashes.js';
import { RECEIPT_SESSIONS, type ReceiptSessions } from '../receipts/receipt-signing.js';
import { GuessThrottle } from '../receipts/throttles.js';

export class OpenReceiptSessionBody {
  @Text({ max: 64, description: '16 digits; blanks and dashes do not matter.', example: '4830 1923 7755 0142' })
  receipt: string;
}

export class ReceiptSession {
  @ApiProperty() token: string;
  @ApiProperty({ format: 'date-time' }) expiresAt: string;
  @ApiProperty({ enum: ['reporter', 'client'], description: 'A client receipt also opens consent and ledger.' }) scope:
    'reporter' | 'client';
}

const unknown = (): Problem =>
  new Problem(401, 'receipt_unknown', 'This receipt does not open anything. Check the digits.');

@ApiTags('For people who raise a concern')
@Controller('v1')
export class OpenReceiptSessionEndpoint {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly dataSource: DataSource,
    private readonly hashes: ReceiptHashes,
    private readonly throttle: GuessThrottle,
    private readonly views: Views<IntakeView>,
    private readonly concernMarks: ConcernMarks,
    private readonly marks: ShutOutMarks,
    @Inject(RECEIPT_SESSIONS) private readonly sessions: ReceiptSessions,
  ) {}

  @Get('receipt-keys')
  @Access('ReadReceiptKeys')
  @ApiOperation({ summary: 'Public keys of receipt sessions (JWKS), for the other services' })
  @ApiOkResponse({ schema: { type: 'object' } })
  keys() {
    return this.sessions.publicJwks();
  }

  @Post('receipt-sessions')
  @HttpCode(200)
  @WithoutKey()
  @Access('OpenReceiptSession')
  @ApiOperation({ summary: 'Come back with a receipt' })
  @ApiOkResponse({ type: ReceiptSession })
  @Refuses(401, 'The receipt does not open anything.')
  async openSession(@Body() { receipt }: OpenReceiptSessionBody, @Source() source: string): Promise<ReceiptSession> {
    const digits = normaliseReceipt(receipt);
    if (digits === undefined)
      throw new Problem(422, 'invalid_input', 'A receipt has 16 digits.', [
        { field: 'receipt', rule: 'pattern', message: '16 digits' },
      ]);
    const found = await this.find(digits, source);
    if (!found) throw unknown();
    const { state } = await this.aggregates.load(concernAggregate, found.concern_id);
    if (state.status === 'none') throw unknown();
    const issued = state.receipts.findIndex(({ receiptHash }) => receiptHash === found.receipt_hash);
    const shown = state.receipts[issued];
    // The list of receipts may not have heard yet that this one was replaced.
    if (!shown || shown.withdrawn) throw unknown();
    const scope = isOfClient(shown.scope, state) ? 'client' : 'reporter';
    const session = await this.sessions.issue({
      concernId: state.concernId,
      sessionId: randomUUID(),
      receipt: issued + 1,
      ...(scope === 'client' ? { clientId: state.clientId, shutOut: this.shutOutOf(state) } : {}),
      ...(scope === 'reporter' ? { reporterId: state.reporterId } : {}),
    });
    return { token: session.token, expiresAt: session.expiresAt, scope };
  }

  /** Consent hears of them only with a case; what the client asks there before must not wait for whoever is shut out. */
  private shutOutOf(concern: Concern): readonly string[] {
    return this.marks.amongOthers(concern.concernId, this.concernMarks.shutOutOf(concern));
  }

  /**
   * Known or not, a receipt costs the same: one slow hash, one look at the index, one at the throttle. The throttle is asked when
   * the turn of the address has come, so of a flood of guesses no more are hashed than may be answered; and what came out is
   * counted before the next one's turn.
   */
  private async find(digits: string, source: string): Promise<FoundReceipt | undefined> {
    await this.throttle.admit(source);
    // A receipt that was issued before, at whichever instance, is found. Both have to wait, the right ones and the wrong.
    await this.views.caughtUp(['receipts']);
    return this.hashes
      .shown(source, digits, async (hash) => {
        await this.throttle.admit(source);
        const found = await this.lookUp(await hash());
        await this.throttle.count(source, found ? 'right' : 'wrong');
        return found;
      })
      .catch(tooMany);
  }

  private async lookUp(hash: string): Promise<FoundReceipt | undefined> {
    const rows = await this.dataSource.query<FoundReceipt[]>(
      'SELECT receipt_hash, concern_id FROM receipts WHERE receipt_hash = $1',
      [hash],
    );
    return rows[0];
  }
}

interface FoundReceipt {
  readonly receipt_hash: string;
  readonly concern_id: string;
}

const tooMany = (error: unknown): never => {
  if (error instanceof LaneFullError)
    throw new Problem(429, 'too_many_attempts', 'Many people are coming back just now. Wait a moment.', undefined, {
      'retry-after': '3',
    });
  throw error;
};
