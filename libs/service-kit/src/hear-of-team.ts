import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access } from '@waymark/access';
import { staffIdPattern } from '@waymark/contracts';
import { hearOfTeam, type TeamTold } from './case-teams.js';
import type { Call } from './aggregate.js';
import { IdPipe } from './body.pipe.js';
import { CallOf } from './call.js';
import { Id, Moment, Patterns, StaffId, Whole } from './fields.js';
import { WithoutKey } from './idempotency.interceptor.js';

export class HearOfTeamBody implements TeamTold {
  @Id({ optional: true, description: 'Of which the case came' }) concernId?: string;
  @Id() clientId: string;
  @Patterns(staffIdPattern, { max: 500, description: 'Who works on the case now' }) team: string[];
  @Moment() changedAt: string;
  @Whole({ min: 0, max: Number.MAX_SAFE_INTEGER, description: 'Of the case, after the change' }) revision: number;
  @StaffId({ optional: true, description: 'Who has recused by it' }) recused?: string;
}

export class HeardOfTeam {
  @ApiProperty({ description: 'Without it nobody is let in there, until the messages of the case have come.' })
  known: boolean;
}

export class HearOfTeam extends Command<HeardOfTeam> {
  constructor(
    readonly caseId: string,
    readonly told: TeamTold,
    readonly call: Call,
  ) {
    super();
  }
}

/**
 * Of each service that goes by the teams of cases: access ends there, and begins, before the case service answers. `HearOfTeamHandler`
 * is for those that keep a copy (`keepCaseTeams`).
 */
@ApiTags('For services')
@Controller('v1/case-teams/:caseId')
export class HearOfTeamEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @WithoutKey()
  @Access('HearOfTeam')
  @ApiOperation({
    summary: 'Who works on a case now, told at once beside the message that says the same',
    description: 'A later revision stays, whichever of the two ways it came.',
  })
  @ApiOkResponse({ type: HeardOfTeam })
  hear(@Param('caseId', IdPipe) caseId: string, @Body() body: HearOfTeamBody, @CallOf() call: Call) {
    return this.commands.execute(new HearOfTeam(caseId, body, call));
  }
}

@CommandHandler(HearOfTeam)
export class HearOfTeamHandler implements ICommandHandler<HearOfTeam> {
  constructor(private readonly dataSource: DataSource) {}

  async execute({ caseId, told }: HearOfTeam): Promise<HeardOfTeam> {
    return { known: await hearOfTeam(this.dataSource, caseId, told) };
  }
}
