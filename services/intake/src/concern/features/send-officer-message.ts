import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe, Text } from '@waymark/service-kit';
import { VisibleConcerns } from '../visible-concerns.js';
import { ConcernChanged } from './concern-answers.js';

export class SendOfficerMessageBody {
  @Text({ max: 20_000 }) text: string;
}

export class SendOfficerMessage extends Command<Done<ConcernChanged>> {
  constructor(
    readonly concernId: string,
    readonly body: SendOfficerMessageBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/messages')
export class SendOfficerMessageEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('SendOfficerMessage')
  @ApiOperation({ summary: 'Write to whoever reported, by their receipt; the first message is the first response' })
  @ApiOkResponse({ type: ConcernChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: SendOfficerMessageBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new SendOfficerMessage(id, body, caller, call));
  }
}

@CommandHandler(SendOfficerMessage)
export class SendOfficerMessageHandler implements ICommandHandler<SendOfficerMessage> {
  constructor(private readonly concerns: VisibleConcerns) {}

  execute({ concernId, body, caller, call }: SendOfficerMessage) {
    return this.concerns.change(concernId, caller, call, {
      type: 'SendOfficerMessage',
      text: body.text,
    });
  }
}
