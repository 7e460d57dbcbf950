import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type WithdrawalWay, waysToldToAnOfficer } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { endOverrides, settleDecisions } from '../decided-by-another-id.js';
import { consentOf } from '../domain/consent-record.state.js';
import { scopeOf } from '../domain/scope.js';
import { callTo, holderOf, linkedRecords } from '../linked-records.js';
import { clientIdOf } from './client-receipt.js';

export class WithdrawConsentBody {
  @Code(waysToldToAnOfficer, { description: 'How the client told you' }) way: (typeof waysToldToAnOfficer)[number];
}

/** Nothing to say but that it happens: a client owes nobody a reason. */
export class WithdrawMyConsentBody {}

export class WithdrawnConsent {
  @ApiProperty({ format: 'uuid' }) consentId: string;
  @ApiProperty({ enum: ['withdrawn'] }) status: 'withdrawn';
}

/** Effective when it is answered: no disclosure that is asked for afterwards is authorised under this consent. */
export class WithdrawConsent extends Command<Done<WithdrawnConsent>> {
  constructor(
    readonly clientId: string,
    readonly consentId: string,
    readonly way: WithdrawalWay,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/clients/:clientId/consents/:consentId/withdrawal')
export class WithdrawConsentEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('WithdrawConsent')
  @ApiOperation({ summary: 'Record that the client withdraws a consent: effective at once' })
  @ApiOkResponse({ type: WithdrawnConsent })
  async withdraw(
    @Param('clientId', IdPipe) clientId: string,
    @Param('consentId', IdPipe) consentId: string,
    @Body() { way }: WithdrawConsentBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.teams.demand(caller, 'WithdrawConsent', clientId);
    return this.commands.execute(new WithdrawConsent(clientId, consentId, way, call));
  }
}

@ApiTags('For clients')
@Controller('v1/my-consents/:consentId/withdrawal')
export class WithdrawMyConsentEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  @Post()
  @HttpCode(200)
  @Access('WithdrawMyConsent')
  @ApiOperation({ summary: 'Withdraw a consent of mine: effective at once' })
  @ApiOkResponse({ type: WithdrawnConsent })
  async withdraw(
    @Param('consentId', IdPipe) consentId: string,
    @Body() _body: WithdrawMyConsentBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    const clientId = clientIdOf(caller);
    await this.teams.demand(caller, 'WithdrawMyConsent', clientId);
    return this.commands.execute(new WithdrawConsent(clientId, consentId, 'receipt', call));
  }
}

@CommandHandler(WithdrawConsent)
export class WithdrawConsentHandler implements ICommandHandler<WithdrawConsent> {
  constructor(private readonly aggregates: Aggregates) {}

  /** What stands in for the client under another id ends first: whoever dies in between leaves less that is allowed, never more. */
  async execute({ clientId, consentId, way, call }: WithdrawConsent) {
    const records = await linkedRecords(this.aggregates, clientId);
    const holder = holderOf(records, consentId);
    const consent = consentOf(holder.record, consentId);
    if (consent && !consent.withdrawal) {
      const decided = { ...scopeOf(consent), decidedAt: this.aggregates.now() };
      await endOverrides(
        this.aggregates,
        records.filter((each) => each !== holder),
        [decided],
        call,
      );
    }
    const command = { type: 'WithdrawConsent', consentId, way } as const;
    const written = await this.aggregates.change(consentRecordAggregate, holder.clientId, command, call);
    // What somebody wrote under another id since that was looked at, and before the withdrawal.
    if (records.length > 1) await settleDecisions(this.aggregates, clientId, callTo('settled', call));
    return done(written, { consentId, status: 'withdrawn' as const });
  }
}
