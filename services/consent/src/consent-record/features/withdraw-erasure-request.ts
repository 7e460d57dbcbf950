import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type WithdrawalWay, waysToldToAnOfficer } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { pendingRequest } from '../domain/erasure.state.js';
import { callAbout, hasDecided, linkedRecords } from '../linked-records.js';
import { personIdOf } from './client-receipt.js';

export class WithdrawErasureRequestBody {
  @Code(waysToldToAnOfficer, { description: 'How the client told you' }) way: (typeof waysToldToAnOfficer)[number];
}

/** Nothing to say but that it happens: a client owes nobody a reason. */
export class WithdrawMyErasureRequestBody {}

export class WithdrawnErasureRequest {
  @ApiProperty({ enum: ['withdrawn'] }) status: 'withdrawn';
}

/** The client wants to stay: what was asked for is over, until somebody asks again. */
export class WithdrawErasureRequest extends Command<Done<WithdrawnErasureRequest>> {
  constructor(
    readonly clientId: string,
    readonly way: WithdrawalWay,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/clients/:clientId/erasure-request-withdrawal')
export class WithdrawErasureRequestEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('WithdrawErasureRequest')
  @ApiOperation({
    summary: 'Record that the client does not want to be erased after all',
    description: 'Too late once it was approved: `person_erased`.',
  })
  @ApiOkResponse({ type: WithdrawnErasureRequest })
  async withdraw(
    @Param('clientId', IdPipe) clientId: string,
    @Body() { way }: WithdrawErasureRequestBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.teams.demand(caller, 'WithdrawErasureRequest', clientId);
    return this.commands.execute(new WithdrawErasureRequest(clientId, way, call));
  }
}

@ApiTags('For clients', 'For people who raise a concern')
@Controller('v1/my-erasure/withdrawal')
export class WithdrawMyErasureRequestEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('WithdrawMyErasureRequest')
  @ApiOperation({ summary: 'I do not want to be erased after all: possible until it was approved' })
  @ApiOkResponse({ type: WithdrawnErasureRequest })
  async withdraw(@Body() _body: WithdrawMyErasureRequestBody, @Caller() caller: Principal, @CallOf() call: Call) {
    const clientId = personIdOf(caller);
    await this.teams.demand(caller, 'WithdrawMyErasureRequest', clientId);
    return this.commands.execute(new WithdrawErasureRequest(clientId, 'receipt', call));
  }
}

@CommandHandler(WithdrawErasureRequest)
export class WithdrawErasureRequestHandler implements ICommandHandler<WithdrawErasureRequest> {
  constructor(private readonly aggregates: Aggregates) {}

  /** By whichever id of the person it was asked for: they do not know that they have several. */
  async execute({ clientId, way, call }: WithdrawErasureRequest) {
    const [own, ...others] = await linkedRecords(this.aggregates, clientId);
    const calls = [{ ...own, call }, ...others.map((other) => ({ ...other, call: callAbout(other, call) }))];
    const asked = calls.filter((each) => pendingRequest(each.record) ?? hasDecided(each, each.call.commandId));
    const withdraw = (each: (typeof calls)[number]) =>
      this.aggregates.change(consentRecordAggregate, each.clientId, { type: 'WithdrawErasureRequest', way }, each.call);
    const [first = { ...own, call }, ...more] = asked;
    const written = await withdraw(first);
    for (const each of more) await withdraw(each);
    return done(written, { status: 'withdrawn' as const });
  }
}
