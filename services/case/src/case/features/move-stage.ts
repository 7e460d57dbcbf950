import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, Code, type Done, IdPipe } from '@waymark/service-kit';
import { VisibleCases } from '../visible-cases.js';
import { type OpenStage, openStages } from '../domain/case.events.js';
import { CaseChanged, caseChanged } from './case-answers.js';

export class MoveStageBody {
  @Code(openStages) stage: OpenStage;
}

export class MoveStage extends Command<Done<CaseChanged>> {
  constructor(
    readonly caseId: string,
    readonly body: MoveStageBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/cases/:id/stage')
export class MoveStageEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('MoveStage')
  @ApiOperation({ summary: 'Move the case to another stage, forth or back; closing is no move' })
  @ApiOkResponse({ type: CaseChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: MoveStageBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new MoveStage(id, body, caller, call));
  }
}

@CommandHandler(MoveStage)
export class MoveStageHandler implements ICommandHandler<MoveStage> {
  constructor(private readonly cases: VisibleCases) {}

  async execute({ caseId, body, caller, call }: MoveStage) {
    return caseChanged(await this.cases.change(caseId, caller, call, { type: 'MoveStage', stage: body.stage }));
  }
}
