import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { Aggregates, type Call, CallOf, type Done, done, IdPipe, Text } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { askedOf, ConversationBody } from './conversation-body.js';

export class RefuseConsentBody extends ConversationBody {
  @Text({ optional: true, max: 2000, description: "The client's reason, if they gave one" }) reason?: string;
}

export class RefusedConsent {
  @ApiProperty({ format: 'uuid' }) clientId: string;
}

export class RefuseConsent extends Command<Done<RefusedConsent>> {
  constructor(
    readonly clientId: string,
    readonly body: RefuseConsentBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/clients/:clientId/consent-refusals')
export class RefuseConsentEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @Access('RefuseConsent')
  @ApiOperation({ summary: 'Record that the client was asked and said no' })
  @ApiCreatedResponse({ type: RefusedConsent })
  refuse(
    @Param('clientId', IdPipe) clientId: string,
    @Body() body: RefuseConsentBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new RefuseConsent(clientId, body, caller, call));
  }
}

@CommandHandler(RefuseConsent)
export class RefuseConsentHandler implements ICommandHandler<RefuseConsent> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly teams: ClientTeams,
  ) {}

  async execute({ clientId, body, caller, call }: RefuseConsent) {
    await this.teams.demand(caller, 'RefuseConsent', clientId);
    const refusal = { ...askedOf(body), ...(body.reason === undefined ? {} : { reason: body.reason }) };
    const written = await this.aggregates.change(
      consentRecordAggregate,
      clientId,
      { type: 'RefuseConsent', clientId, refusal },
      call,
    );
    return done(written, { clientId });
  }
}
