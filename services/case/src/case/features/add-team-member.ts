import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe, StaffId } from '@waymark/service-kit';
import { VisibleCases } from '../visible-cases.js';
import { CaseChanged, caseChanged } from './case-answers.js';

export class AddTeamMemberBody {
  @StaffId({ description: 'Subject of the member of staff in the identity provider' }) staffId: string;
}

export class AddTeamMember extends Command<Done<CaseChanged>> {
  constructor(
    readonly caseId: string,
    readonly body: AddTeamMemberBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/cases/:id/team-members')
export class AddTeamMemberEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('AddTeamMember')
  @ApiOperation({ summary: 'Put somebody on the team, such as a second officer: sees the case at once' })
  @ApiOkResponse({ type: CaseChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: AddTeamMemberBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new AddTeamMember(id, body, caller, call));
  }
}

@CommandHandler(AddTeamMember)
export class AddTeamMemberHandler implements ICommandHandler<AddTeamMember> {
  constructor(private readonly cases: VisibleCases) {}

  async execute({ caseId, body, caller, call }: AddTeamMember) {
    return caseChanged(await this.cases.change(caseId, caller, call, { type: 'AddTeamMember', staffId: body.staffId }));
  }
}
