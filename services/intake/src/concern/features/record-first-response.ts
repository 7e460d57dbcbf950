import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe, Nested } from '@waymark/service-kit';
import { KnownTimeBody } from './contact-body.js';
import { VisibleConcerns } from '../visible-concerns.js';
import { ConcernChanged } from './concern-answers.js';

export class RecordFirstResponseBody {
  @Nested(() => KnownTimeBody) response: KnownTimeBody;
}

export class RecordFirstResponse extends Command<Done<ConcernChanged>> {
  constructor(
    readonly concernId: string,
    readonly body: RecordFirstResponseBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/first-response')
export class RecordFirstResponseEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('RecordFirstResponse')
  @ApiOperation({ summary: 'Record a first response given by phone or in person' })
  @ApiOkResponse({ type: ConcernChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: RecordFirstResponseBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new RecordFirstResponse(id, body, caller, call));
  }
}

@CommandHandler(RecordFirstResponse)
export class RecordFirstResponseHandler implements ICommandHandler<RecordFirstResponse> {
  constructor(private readonly concerns: VisibleConcerns) {}

  execute({ concernId, body, caller, call }: RecordFirstResponse) {
    return this.concerns.change(concernId, caller, call, {
      type: 'RecordFirstResponse',
      response: KnownTimeBody.toKnownTime(body.response),
    });
  }
}
