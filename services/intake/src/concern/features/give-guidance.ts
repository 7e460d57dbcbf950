import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Avenue, avenues, type GuidanceDecision, guidanceDecisions } from '@waymark/contracts';
import { type Call, CallOf, Code, Codes, type Done, IdPipe, Text } from '@waymark/service-kit';
import { VisibleConcerns } from '../visible-concerns.js';
import { ConcernChanged } from './concern-answers.js';

export class GiveGuidanceBody {
  @Codes(avenues, { min: 1 }) avenues: Avenue[];
  @Code(guidanceDecisions) decision: GuidanceDecision;
  @Text({ optional: true, max: 5000 }) note?: string;
}

export class GiveGuidance extends Command<Done<ConcernChanged>> {
  constructor(
    readonly concernId: string,
    readonly body: GiveGuidanceBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/guidance')
export class GiveGuidanceEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('GiveGuidance')
  @ApiOperation({ summary: 'Record the avenues explained and what the person decided' })
  @ApiOkResponse({ type: ConcernChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: GiveGuidanceBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new GiveGuidance(id, body, caller, call));
  }
}

@CommandHandler(GiveGuidance)
export class GiveGuidanceHandler implements ICommandHandler<GiveGuidance> {
  constructor(private readonly concerns: VisibleConcerns) {}

  execute({ concernId, body, caller, call }: GiveGuidance) {
    return this.concerns.change(concernId, caller, call, { type: 'GiveGuidance', ...body });
  }
}
