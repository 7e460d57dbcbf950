import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type WithdrawalWay, waysToldToAnOfficer } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe } from '@waymark/service-kit';
import { concernAggregate } from '../concern.aggregate.js';
import { ConcernMarks } from '../concern-marks.js';
import type { Concern } from '../domain/concern.state.js';
import { VisibleConcerns } from '../visible-concerns.js';
import { concernIdOf } from './my-concern.js';

export class RequestReporterErasureBody {
  @Code(waysToldToAnOfficer, { description: 'How the reporter told you' }) way: (typeof waysToldToAnOfficer)[number];
}

/** Nothing to say but that it happens: nobody owes a reason. */
export class RequestErasureAsReporterBody {}

export class RequestedReporterErasure {
  @ApiProperty({ format: 'uuid', description: 'By this id a supervisor approves it, in the consent service' })
  reporterId: string;
  @ApiProperty({ enum: ['requested'] }) status: 'requested';
}

export class RequestedErasureOfMyWords {
  @ApiProperty({ enum: ['requested'] }) status: 'requested';
}

/** Nothing is erased yet: another person has to approve. */
export class RequestReporterErasure extends Command<Done<RequestedReporterErasure>> {
  constructor(
    readonly concern: Concern,
    readonly way: WithdrawalWay,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns/:id/reporter-erasure-requests')
export class RequestReporterErasureEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly concerns: VisibleConcerns,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('RequestReporterErasure')
  @ApiOperation({
    summary: 'Record that whoever reported asks to be erased; another person has to approve',
    description:
      'Refused with `reporter_is_client` where the reporter is the client and there is a case: their erasure is asked for in consent then.',
  })
  @ApiCreatedResponse({ type: RequestedReporterErasure })
  async request(
    @Param('id', IdPipe) id: string,
    @Body() { way }: RequestReporterErasureBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    const { concern } = await this.concerns.find(caller, 'RequestReporterErasure', id);
    return this.commands.execute(new RequestReporterErasure(concern, way, call));
  }
}

@ApiTags('For people who raise a concern')
@Controller('v1/my-concern/erasure-requests')
export class RequestErasureAsReporterEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly concerns: VisibleConcerns,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('RequestErasureAsReporter')
  @ApiOperation({
    summary: 'Ask that everything that I have written becomes unreadable',
    description:
      'Refused with `reporter_is_client` where the concern is about yourself and your receipt has become a client’s: use `/v1/my-erasure` of consent. There you see what has become of it.',
  })
  @ApiCreatedResponse({ type: RequestedErasureOfMyWords })
  async request(@Body() _body: RequestErasureAsReporterBody, @Caller() caller: Principal, @CallOf() call: Call) {
    const { concern } = await this.concerns.find(caller, 'RequestErasureAsReporter', concernIdOf(caller));
    const written = await this.commands.execute(new RequestReporterErasure(concern, 'receipt', call));
    return done(written, { status: written.body.status });
  }
}

@CommandHandler(RequestReporterErasure)
export class RequestReporterErasureHandler implements ICommandHandler<RequestReporterErasure> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly marks: ConcernMarks,
  ) {}

  async execute({ concern, way, call }: RequestReporterErasure) {
    const { concernId, reporterId } = concern;
    const shutOut = this.marks.shutOutOf(concern);
    const command = { type: 'RequestReporterErasure', way, shutOut } as const;
    const written = await this.aggregates.change(concernAggregate, concernId, command, call);
    return done(written, { reporterId, status: 'requested' as const });
  }
}
