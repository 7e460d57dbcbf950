import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Call, CallOf, type Done, IdPipe, StaffId } from '@waymark/service-kit';
import { VisibleConcerns } from '../visible-concerns.js';
import { ConcernChanged } from './concern-answers.js';

export class AllocateConcernBody {
  @StaffId({
    optional: true,
    description: 'Left out: you take it yourself. Only a supervisor allocates to somebody else.',
  })
  officerId?: string;

  @StaffId({
    optional: true,
    description: 'Who has taken it, when you hand it over from them to somebody else, as a supervisor does',
  })
  from?: string;
}

export class AllocateConcern extends Command<Done<ConcernChanged>> {
  constructor(
    readonly concernId: string,
    readonly body: AllocateConcernBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/allocation')
export class AllocateConcernEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('AllocateConcern')
  @ApiOperation({ summary: 'Take a concern, allocate it, or hand it over: only who has it reads it' })
  @ApiOkResponse({ type: ConcernChanged })
  allocate(
    @Param('id', IdPipe) id: string,
    @Body() body: AllocateConcernBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new AllocateConcern(id, body, caller, call));
  }
}

@CommandHandler(AllocateConcern)
export class AllocateConcernHandler implements ICommandHandler<AllocateConcern> {
  constructor(private readonly concerns: VisibleConcerns) {}

  execute({ concernId, body, caller, call }: AllocateConcern) {
    const { officerId = call.actor.id, from } = body;
    return this.concerns.allocate(concernId, caller, call, officerId, from);
  }
}
