import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, done, IdPipe, Text } from '@waymark/service-kit';
import { nothingKept } from '../domain/case.events.js';
import { VisibleCases } from '../visible-cases.js';
import { NothingKept } from './case-answers.js';

export class RecuseOfficerBody {
  @Text({ max: 2000, description: 'Sealed' }) reason: string;
}

/** Nothing of the case, which no longer exists for whoever gets it. */
export class RecusedFromCase {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ type: [String], description: 'What this command added to the log.' }) events: string[];
  @NothingKept() erased?: boolean;
}

export class RecuseOfficer extends Command<Done<RecusedFromCase>> {
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
@Controller('v1/cases/:id/recusal')
export class RecuseOfficerEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('RecuseOfficer')
  @ApiOperation({
    summary: 'Step back from a case because of a conflict of interest, for ever: it no longer exists for you at once',
    description: 'At any time: of a client who was erased the recusal is kept, and no reason.',
  })
  @ApiOkResponse({ type: RecusedFromCase })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: RecuseOfficerBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new RecuseOfficer(id, body.reason, caller, call));
  }
}

@CommandHandler(RecuseOfficer)
export class RecuseOfficerHandler implements ICommandHandler<RecuseOfficer> {
  constructor(private readonly cases: VisibleCases) {}

  async execute({ caseId, reason, caller, call }: RecuseOfficer) {
    const written = await this.cases.change(caseId, caller, call, { type: 'RecuseOfficer', reason });
    const { events } = written;
    return done(written, {
      ...{ caseId, events: events.map(({ type }) => type) },
      ...(events.some(nothingKept) ? { erased: true } : {}),
    });
  }
}
