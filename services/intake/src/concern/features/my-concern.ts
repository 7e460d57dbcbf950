import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import {
  Command,
  CommandBus,
  CommandHandler,
  type ICommandHandler,
  type IQueryHandler,
  Query,
  QueryBus,
  QueryHandler,
} from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { Aggregates, type Call, CallOf, Done, done, notFound, ReadLog, Text } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';
import { emergencyHelpFor } from '../emergency-help.js';
import { type FoundConcern, VisibleConcerns } from '../visible-concerns.js';

export class MailboxMessageView {
  @ApiProperty({ format: 'uuid' }) messageId: string;
  @ApiProperty({ enum: ['reporter', 'officer'] }) from: 'reporter' | 'officer';
  @ApiProperty({ format: 'date-time' }) writtenAt: string;
  @ApiProperty({ required: false, description: 'Absent when erased' }) text?: string;
  @ApiProperty({ required: false, description: 'The text was erased' }) erased?: boolean;

  static allOf({ concern, writtenAt }: Pick<FoundConcern, 'concern' | 'writtenAt'>): MailboxMessageView[] {
    return concern.messages.map(({ messageId, from, text }) => ({
      ...{ messageId, from, writtenAt: writtenAt.get(messageId) ?? concern.submitted.occurredAt },
      ...(isGone(text) ? { erased: true } : { text }),
    }));
  }
}

/** A text that an event had and that opens no more, whatever the type says of it. */
const isGone = (text: string | undefined): boolean => text === undefined;

export class MyConcern {
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ enum: ['received', 'answered', 'in_progress'], description: 'Says nothing about the matter.' })
  status: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'A person is to answer by then.' })
  answerBy?: string;
  @ApiProperty({
    required: false,
    description: 'Show this before anything else. There as long as nobody has answered; in the language of the concern',
  })
  emergencyHelp?: string;
  @ApiProperty() narrative: string;
  @ApiProperty({
    required: false,
    description: 'You have asked that what you wrote is erased. What has become of that: `/v1/my-erasure` of consent',
  })
  erasureRequested?: boolean;
  @ApiProperty({ required: false, description: 'What you wrote was erased' }) erased?: boolean;
  @ApiProperty({ type: [MailboxMessageView] }) messages: MailboxMessageView[];
}

export const concernIdOf = (caller: Principal): string => {
  if (caller.kind !== 'reporter') throw notFound();
  return caller.concernId;
};

export class GetMyConcern extends Query<MyConcern> {
  constructor(readonly caller: Principal) {
    super();
  }
}

export class SendReporterMessageBody {
  @Text({ max: 20_000 }) text: string;
}

export class SendReporterMessage extends Command<Done<{ messageId: string }>> {
  constructor(
    readonly caller: Principal,
    readonly body: SendReporterMessageBody,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For people who raise a concern')
@Controller('v1/my-concern')
export class MyConcernEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Access('ReadMyConcern')
  @ApiOperation({ summary: 'What has become of my concern, and the messages' })
  @ApiOkResponse({ type: MyConcern })
  read(@Caller() caller: Principal) {
    return this.queries.execute(new GetMyConcern(caller));
  }

  @Post('messages')
  @HttpCode(201)
  @Access('SendReporterMessage')
  @ApiOperation({ summary: 'Write to the officer' })
  @ApiCreatedResponse({ schema: { type: 'object', properties: { messageId: { type: 'string', format: 'uuid' } } } })
  send(@Caller() caller: Principal, @Body() body: SendReporterMessageBody, @CallOf() call: Call) {
    return this.commands.execute(new SendReporterMessage(caller, body, call));
  }
}

@QueryHandler(GetMyConcern)
export class GetMyConcernHandler implements IQueryHandler<GetMyConcern> {
  constructor(
    private readonly concerns: VisibleConcerns,
    private readonly reads: ReadLog,
  ) {}

  async execute({ caller }: GetMyConcern): Promise<MyConcern> {
    const found = await this.concerns.find(caller, 'ReadMyConcern', concernIdOf(caller));
    const { concern: state, ground } = found;
    await this.reads.read({
      principal: caller,
      stream: `concern-${state.concernId}`,
      clientId: state.clientId,
      what: 'GetMyConcern',
      ground,
    });
    const status =
      state.status === 'submitted' ? 'received' : state.status === 'acknowledged' ? 'answered' : 'in_progress';
    const help = emergencyHelpFor(state);
    return {
      concernId: state.concernId,
      status,
      ...(state.clock && !state.firstResponse ? { answerBy: state.clock.dueAt } : {}),
      ...(help === undefined ? {} : { emergencyHelp: help }),
      narrative: state.account.narrative ?? '',
      ...(state.reporterErasureRequested ? { erasureRequested: true } : {}),
      ...(state.erased.includes('reporter') ? { erased: true } : {}),
      messages: MailboxMessageView.allOf(found),
    };
  }
}

@CommandHandler(SendReporterMessage)
export class SendReporterMessageHandler implements ICommandHandler<SendReporterMessage> {
  constructor(
    private readonly concerns: VisibleConcerns,
    private readonly aggregates: Aggregates,
  ) {}

  async execute({ caller, body, call }: SendReporterMessage) {
    const concernId = concernIdOf(caller);
    await this.concerns.find(caller, 'SendReporterMessage', concernId);
    const written = await this.aggregates.change(
      concernAggregate,
      concernId,
      { type: 'SendReporterMessage', text: body.text },
      call,
    );
    const [event] = written.events;
    return done(written, { messageId: event?.type === 'ReporterMessageReceived' ? event.data.messageId : '' });
  }
}
