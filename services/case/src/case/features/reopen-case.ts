import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe, Text } from '@waymark/service-kit';
import { VisibleCases } from '../visible-cases.js';
import { CaseChanged, caseChanged } from './case-answers.js';

export class ReopenCaseBody {
  @Text({ max: 2000, description: 'Sealed' }) reason: string;
}

export class ReopenCase extends Command<Done<CaseChanged>> {
  constructor(
    readonly caseId: string,
    readonly reason: string,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/cases/:id/reopening')
export class ReopenCaseEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('ReopenCase')
  @ApiOperation({
    summary: 'Take a closed case up again, at the stage at which it was closed',
    description: 'Not that of a client who was erased: `person_erased` (409).',
  })
  @ApiOkResponse({ type: CaseChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: ReopenCaseBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new ReopenCase(id, body.reason, caller, call));
  }
}

@CommandHandler(ReopenCase)
export class ReopenCaseHandler implements ICommandHandler<ReopenCase> {
  constructor(private readonly cases: VisibleCases) {}

  async execute({ caseId, reason, caller, call }: ReopenCase) {
    return caseChanged(await this.cases.change(caseId, caller, call, { type: 'ReopenCase', reason }));
  }
}
