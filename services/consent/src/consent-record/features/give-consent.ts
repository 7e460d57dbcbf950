import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { consentForms, type ConsentForm } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe, Moment, Text } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { endOverrides } from '../decided-by-another-id.js';
import { scopeOf } from '../domain/scope.js';
import { linkedRecords } from '../linked-records.js';
import type { Grant } from '../domain/consent-record.commands.js';
import { askedOf, ConversationBody } from './conversation-body.js';

export class GiveConsentBody extends ConversationBody {
  @Moment({ description: 'In the future, 24 months from now at the latest' }) validUntil: string;
  @Code(consentForms) form: ConsentForm;
  @Text({ optional: true, max: 200, description: 'Needed for a verbal consent' }) witnessedBy?: string;
  @Text({ optional: true, max: 2000, description: 'What the client keeps back, and why' }) withheld?: string;
}

export class GivenConsent {
  @ApiProperty({ format: 'uuid' }) consentId: string;
}

export class GiveConsent extends Command<Done<GivenConsent>> {
  constructor(
    readonly clientId: string,
    readonly body: GiveConsentBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/clients/:clientId/consents')
export class GiveConsentEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @Access('GiveConsent')
  @ApiOperation({ summary: 'Record what the client consents to' })
  @ApiCreatedResponse({ type: GivenConsent })
  give(
    @Param('clientId', IdPipe) clientId: string,
    @Body() body: GiveConsentBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new GiveConsent(clientId, body, caller, call));
  }
}

@CommandHandler(GiveConsent)
export class GiveConsentHandler implements ICommandHandler<GiveConsent> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly teams: ClientTeams,
  ) {}

  async execute({ clientId, body, caller, call }: GiveConsent) {
    await this.teams.demand(caller, 'GiveConsent', clientId);
    const written = await this.aggregates.change(
      consentRecordAggregate,
      clientId,
      { type: 'GiveConsent', clientId, grant: grantOf(body) },
      call,
    );
    const [event] = written.events;
    if (event?.type !== 'ConsentGiven') return done(written, { consentId: '' });
    const [, ...others] = await linkedRecords(this.aggregates, clientId);
    const decided = { ...scopeOf(event.data), decidedAt: event.data.givenAt, position: written.position };
    await endOverrides(this.aggregates, others, [decided], call);
    return done(written, { consentId: event.data.consentId });
  }
}

function grantOf(body: GiveConsentBody): Grant {
  const { validUntil, form, witnessedBy, withheld } = body;
  return {
    ...askedOf(body),
    validUntil: new Date(validUntil).toISOString(),
    form,
    ...(witnessedBy === undefined ? {} : { witnessedBy }),
    ...(withheld === undefined ? {} : { withheld }),
  };
}
