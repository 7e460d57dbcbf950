import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type ErasureGround, type WithdrawalWay, waysToldToAnOfficer } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import type { ReporterOf } from '../domain/erasure.events.js';
import { clientIdOf } from './client-receipt.js';

export class RequestErasureBody {
  @Code(waysToldToAnOfficer, { description: 'How the client told you' }) way: (typeof waysToldToAnOfficer)[number];
}

/** Nothing to say but that it happens: a client owes nobody a reason. */
export class RequestMyErasureBody {}

export class RequestedErasure {
  @ApiProperty({ format: 'uuid' }) erasureId: string;
  @ApiProperty({ enum: ['requested'] }) status: 'requested';
}

/** Nothing is erased yet: another person has to approve. */
export class RequestErasure extends Command<Done<RequestedErasure>> {
  constructor(
    readonly clientId: string,
    readonly ground: ErasureGround,
    readonly way: WithdrawalWay | undefined,
    readonly call: Call,
    readonly ofConcern?: ReporterOf,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/clients/:clientId/erasure-requests')
export class RequestErasureEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('RequestErasure')
  @ApiOperation({ summary: 'Record that the client asks to be erased; another person has to approve' })
  @ApiCreatedResponse({ type: RequestedErasure })
  async request(
    @Param('clientId', IdPipe) clientId: string,
    @Body() { way }: RequestErasureBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.teams.demand(caller, 'RequestErasure', clientId);
    return this.commands.execute(new RequestErasure(clientId, 'client_request', way, call));
  }
}

@ApiTags('For clients')
@Controller('v1/my-erasure')
export class RequestMyErasureEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('RequestMyErasure')
  @ApiOperation({ summary: 'Ask that everything that was written about me becomes unreadable' })
  @ApiCreatedResponse({ type: RequestedErasure })
  async request(@Body() _body: RequestMyErasureBody, @Caller() caller: Principal, @CallOf() call: Call) {
    const clientId = clientIdOf(caller);
    await this.teams.demand(caller, 'RequestMyErasure', clientId);
    return this.commands.execute(
      new RequestErasure(clientId, 'client_request', 'receipt', call, concernOf(caller, clientId)),
    );
  }
}

/** Whom its reporter shut out decides nothing here either, whether or not a case has told of them yet. */
const concernOf = (caller: Principal, clientId: string): ReporterOf | undefined =>
  caller.kind === 'reporter' && caller.shutOut
    ? { clientId, concernId: caller.concernId, shutOut: [...caller.shutOut] }
    : undefined;

@CommandHandler(RequestErasure)
export class RequestErasureHandler implements ICommandHandler<RequestErasure> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, ground, way, call, ofConcern }: RequestErasure) {
    const written = await this.aggregates.change(
      consentRecordAggregate,
      clientId,
      {
        type: 'RequestErasure',
        ...{ clientId, ground },
        ...(way === undefined ? {} : { way }),
        ...(ofConcern ? { ofConcern } : {}),
      },
      call,
    );
    const [event] = written.events;
    const erasureId = event?.type === 'ErasureRequested' ? event.data.erasureId : '';
    return done(written, { erasureId, status: 'requested' as const });
  }
}
