import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { priorities, type Priority } from '@waymark/contracts';
import { type Call, CallOf, Code, type Done, Flag, IdPipe } from '@waymark/service-kit';
import { VisibleConcerns } from '../visible-concerns.js';
import { ConcernChanged } from './concern-answers.js';

export class TriageConcernBody {
  @Code(priorities) priority: Priority;
  @Flag() riskOfRetaliation: boolean;
  @Flag({ description: 'The person was told what must be reported whatever they wish' })
  mandatoryReportingExplained: boolean;
}

export class TriageConcern extends Command<Done<ConcernChanged>> {
  constructor(
    readonly concernId: string,
    readonly body: TriageConcernBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/triage')
export class TriageConcernEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('TriageConcern')
  @ApiOperation({ summary: 'Set the priority and record the risk of retaliation' })
  @ApiOkResponse({ type: ConcernChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: TriageConcernBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new TriageConcern(id, body, caller, call));
  }
}

@CommandHandler(TriageConcern)
export class TriageConcernHandler implements ICommandHandler<TriageConcern> {
  constructor(private readonly concerns: VisibleConcerns) {}

  execute({ concernId, body, caller, call }: TriageConcern) {
    return this.concerns.change(concernId, caller, call, { type: 'TriageConcern', ...body });
  }
}
