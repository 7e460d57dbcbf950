import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe } from '@waymark/service-kit';
import { ConcernMarks } from '../concern-marks.js';
import { VisibleConcerns } from '../visible-concerns.js';
import { ConcernChanged } from './concern-answers.js';

/** Nothing to say but that it happens. */
export class AcceptConcernBody {}

export class AcceptConcern extends Command<Done<ConcernChanged>> {
  constructor(
    readonly concernId: string,
    readonly body: AcceptConcernBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/acceptance')
export class AcceptConcernEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('AcceptConcern')
  @ApiOperation({ summary: 'Accept the concern: a case is opened for it' })
  @ApiOkResponse({ type: ConcernChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: AcceptConcernBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new AcceptConcern(id, body, caller, call));
  }
}

@CommandHandler(AcceptConcern)
export class AcceptConcernHandler implements ICommandHandler<AcceptConcern> {
  constructor(
    private readonly concerns: VisibleConcerns,
    private readonly marks: ConcernMarks,
  ) {}

  execute({ concernId, caller, call }: AcceptConcern) {
    return this.concerns.changeAsSeen(concernId, caller, call, 'AcceptConcern', (concern) => ({
      type: 'AcceptConcern',
      shutOut: this.marks.shutOutOf(concern),
    }));
  }
}
