import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe, StaffIdPipe } from '@waymark/service-kit';
import { VisibleCases } from '../visible-cases.js';
import { CaseChanged, caseChanged } from './case-answers.js';

/** Nothing to say but that it happens. */
export class RemoveTeamMemberBody {}

export class RemoveTeamMember extends Command<Done<CaseChanged>> {
  constructor(
    readonly caseId: string,
    readonly staffId: string,
    readonly body: RemoveTeamMemberBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/cases/:id/team-members/:staffId/removal')
export class RemoveTeamMemberEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('RemoveTeamMember')
  @ApiOperation({ summary: 'Take somebody off the team: the case no longer exists for them at once' })
  @ApiOkResponse({ type: CaseChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Param('staffId', StaffIdPipe) staffId: string,
    @Body() body: RemoveTeamMemberBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new RemoveTeamMember(id, staffId, body, caller, call));
  }
}

@CommandHandler(RemoveTeamMember)
export class RemoveTeamMemberHandler implements ICommandHandler<RemoveTeamMember> {
  constructor(private readonly cases: VisibleCases) {}

  async execute({ caseId, staffId, caller, call }: RemoveTeamMember) {
    return caseChanged(await this.cases.change(caseId, caller, call, { type: 'RemoveTeamMember', staffId }));
  }
}
