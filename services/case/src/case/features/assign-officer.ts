import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe, StaffId } from '@waymark/service-kit';
import { VisibleCases } from '../visible-cases.js';
import { CaseChanged, caseChanged } from './case-answers.js';

export class AssignOfficerBody {
  @StaffId({ description: 'Who becomes the officer of the case; sees it at once' }) officerId: string;
}

export class AssignOfficer extends Command<Done<CaseChanged>> {
  constructor(
    readonly caseId: string,
    readonly body: AssignOfficerBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/cases/:id/officer')
export class AssignOfficerEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('AssignOfficer')
  @ApiOperation({ summary: 'Give the case another officer; the one before leaves the team at once' })
  @ApiOkResponse({ type: CaseChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: AssignOfficerBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new AssignOfficer(id, body, caller, call));
  }
}

@CommandHandler(AssignOfficer)
export class AssignOfficerHandler implements ICommandHandler<AssignOfficer> {
  constructor(private readonly cases: VisibleCases) {}

  async execute({ caseId, body, caller, call }: AssignOfficer) {
    return caseChanged(
      await this.cases.change(caseId, caller, call, {
        type: 'AssignOfficer',
        officerId: body.officerId,
      }),
    );
  }
}
