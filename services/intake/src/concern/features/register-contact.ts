import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Channel, channels } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, Done, done, Nested, Text } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';
import { ConcernMarks } from '../concern-marks.js';
import { Desks } from '../desks.js';
import { demandSomebodyLeft } from '../somebody-left.js';
import { ConcernChanged } from './concern-answers.js';
import { ContactBody, contactOf, KnownTimeBody } from './contact-body.js';

export class RegisterContactBody extends ContactBody {
  @Code(channels) channel: Channel;
  @Nested(() => KnownTimeBody, { description: 'When the person contacted the desk' }) contact: KnownTimeBody;
  @Nested(() => KnownTimeBody, { optional: true, description: 'When a person first responded, if so' })
  firstResponse?: KnownTimeBody;
  @Text({ optional: true, max: 20_000 }) narrative?: string;
}

export class RegisterContact extends Command<Done<ConcernChanged>> {
  constructor(
    readonly body: RegisterContactBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/contacts')
export class RegisterContactEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @Access('RegisterContact')
  @ApiOperation({ summary: 'Enter a phone call, e-mail or visit on somebody’s behalf, also afterwards' })
  @ApiCreatedResponse({ type: ConcernChanged })
  register(@Body() body: RegisterContactBody, @Caller() caller: Principal, @CallOf() call: Call) {
    return this.commands.execute(new RegisterContact(body, caller, call));
  }
}

@CommandHandler(RegisterContact)
export class RegisterContactHandler implements ICommandHandler<RegisterContact> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly marks: ConcernMarks,
    private readonly desks: Desks,
  ) {}

  async execute({ body, caller, call }: RegisterContact) {
    const { channel, contact, firstResponse, ...rest } = body;
    const unit = caller.kind === 'staff' ? caller.unit : undefined;
    demandSomebodyLeft(this.desks, body, unit);
    const marks = this.marks.ofNew(call.commandId, body.exclusions, unit);
    const written = await this.aggregates.change(
      concernAggregate,
      call.commandId,
      {
        type: 'RegisterContact',
        concernId: call.commandId,
        contact: contactOf(rest, channel, marks),
        contactTime: KnownTimeBody.toKnownTime(contact),
        ...(firstResponse ? { firstResponse: KnownTimeBody.toKnownTime(firstResponse) } : {}),
      },
      call,
    );
    return done(written, ConcernChanged.of(written));
  }
}
