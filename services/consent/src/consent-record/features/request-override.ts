import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { legalBases, type LegalBasis } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe, Moment, Text } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import type { OverrideRequest } from '../domain/override.commands.js';
import { ScopeBody } from './conversation-body.js';

export class RequestOverrideBody extends ScopeBody {
  @Code(legalBases, { description: 'What allows it without the client’s consent' }) legalBasis: LegalBasis;
  @Text({ max: 4000, description: 'Why the client’s consent cannot be had, or cannot be what decides' })
  justification: string;
  @Moment({ description: 'Within 7 days; on a legal obligation within 183 days' }) validUntil: string;
}

export class RequestedOverride {
  @ApiProperty({ format: 'uuid' }) overrideId: string;
  @ApiProperty({ enum: ['requested'] }) status: 'requested';
}

/** Allows nothing yet: another person has to approve. */
export class RequestOverride extends Command<Done<RequestedOverride>> {
  constructor(
    readonly clientId: string,
    readonly request: OverrideRequest,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/clients/:clientId/overrides')
export class RequestOverrideEndpoint {
  constructor(
    private readonly commands: CommandBus,
    private readonly teams: ClientTeams,
  ) {}

  @Post()
  @HttpCode(201)
  @Access('RequestOverride')
  @ApiOperation({ summary: 'Ask to disclose without the client’s consent: a supervisor has to approve' })
  @ApiCreatedResponse({ type: RequestedOverride })
  async request(
    @Param('clientId', IdPipe) clientId: string,
    @Body() { recipient, purpose, categories, legalBasis, justification, validUntil }: RequestOverrideBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.teams.demand(caller, 'RequestOverride', clientId);
    const until = new Date(validUntil).toISOString();
    const request = { recipient, purpose, categories, legalBasis, justification, validUntil: until };
    return this.commands.execute(new RequestOverride(clientId, request, call));
  }
}

@CommandHandler(RequestOverride)
export class RequestOverrideHandler implements ICommandHandler<RequestOverride> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, request, call }: RequestOverride) {
    const command = { type: 'RequestOverride', clientId, request } as const;
    const written = await this.aggregates.change(consentRecordAggregate, clientId, command, call);
    const [event] = written.events;
    const overrideId = event?.type === 'OverrideRequested' ? event.data.overrideId : '';
    return done(written, { overrideId, status: 'requested' as const });
  }
}
