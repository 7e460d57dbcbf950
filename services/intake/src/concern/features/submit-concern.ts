import { Body, Controller, Headers, HttpCode, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access } from '@waymark/access';
import { languages } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Done, done, Source, Text } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';
import { ConcernMarks } from '../concern-marks.js';
import { Desks } from '../desks.js';
import { emergencyHelp } from '../emergency-help.js';
import { ReceiptHashes } from '../receipts/receipt-hashes.js';
import { SubmissionThrottle } from '../receipts/throttles.js';
import { demandSomebodyLeft } from '../somebody-left.js';
import { ContactBody, contactOf } from './contact-body.js';

export class SubmitConcernBody extends ContactBody {
  @Text({ max: 20_000, description: 'In the person’s own words; kept byte for byte, sealed.' }) narrative: string;
}

export class ConcernReceived {
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ description: 'Shown this once. It is the only way back to this concern.', pattern: '^\\d{16}$' })
  receipt: string;
  @ApiProperty({ format: 'date-time', description: 'A person is to answer by then.' }) answerBy: string;
  @ApiProperty({
    required: false,
    description: `Show this before anything else. In the language of the concern, where that is one of ${languages.join(', ')}; else in English`,
  })
  emergencyHelp?: string;
}

export class SubmitConcern extends Command<Done<ConcernReceived>> {
  constructor(
    readonly body: SubmitConcernBody,
    readonly idempotencyKey: string,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For people who raise a concern')
@Controller('v1/concerns')
export class SubmitConcernEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly throttle: SubmissionThrottle,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('SubmitConcern')
  @ApiOperation({ summary: 'Raise a concern without an account' })
  @ApiCreatedResponse({ type: ConcernReceived })
  async submit(
    @Body() body: SubmitConcernBody,
    @Headers('idempotency-key') key: string,
    @Source() source: string,
    @CallOf() call: Call,
  ) {
    await this.throttle.admit(source);
    return this.commands.execute(new SubmitConcern(body, key, call));
  }
}

@CommandHandler(SubmitConcern)
export class SubmitConcernHandler implements ICommandHandler<SubmitConcern> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly hashes: ReceiptHashes,
    private readonly marks: ConcernMarks,
    private readonly desks: Desks,
  ) {}

  async execute({ body, idempotencyKey, call }: SubmitConcern) {
    demandSomebodyLeft(this.desks, body);
    const { receipt, receiptHash } = await this.hashes.issue(idempotencyKey, 'anonymous');
    const concernId = call.commandId;
    const contact = contactOf(body, 'portal', this.marks.ofNew(concernId, body.exclusions));
    const written = await this.aggregates.change(
      concernAggregate,
      concernId,
      { type: 'SubmitConcern', concernId, contact, receiptHash },
      call,
    );
    const clock = written.state.status === 'none' ? undefined : written.state.clock;
    const urgent = contact.immediateDanger || contact.medicalUrgency;
    const help = urgent ? { emergencyHelp: emergencyHelp(body.language) } : {};
    return done(written, { concernId, receipt, answerBy: clock?.dueAt ?? '', ...help });
  }
}
