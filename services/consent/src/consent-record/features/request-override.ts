import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type CannotBeAskedReason, cannotBeAskedReasons, legalBases, type LegalBasis } from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, type Done, done, IdPipe, Moment, Text } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { standingAgainst } from '../domain/client-no.js';
import type { OverrideRequest } from '../domain/override.commands.js';
import { linkedRecords } from '../linked-records.js';
import { nosOf } from '../nos-of-a-client.js';
import { ClientNoView, clientNoView } from './client-no-view.js';
import { ScopeBody } from './conversation-body.js';

export class RequestOverrideBody extends ScopeBody {
  @Code(legalBases, { description: 'What allows it without the client’s consent' }) legalBasis: LegalBasis;
  @Text({ max: 4000, description: 'Why the client’s consent cannot be had, or cannot be what decides' })
  justification: string;
  @Moment({ description: 'Within 7 days; on a legal obligation within 183 days' }) validUntil: string;
  @Code(cannotBeAskedReasons, {
    optional: true,
    description: 'Why the client cannot be asked: a vital interest has to say it where they have said no before',
  })
  cannotBeAsked?: CannotBeAskedReason;
}

export class RequestedOverride {
  @ApiProperty({ format: 'uuid' }) overrideId: string;
  @ApiProperty({ enum: ['requested'] }) status: 'requested';
  @ApiProperty({ type: [ClientNoView], description: 'What the client has said no to, and this stands against' })
  clientSaidNo: ClientNoView[];
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
  @ApiOperation({
    summary: 'Ask to disclose without the client’s consent: a supervisor has to approve',
    description:
      'For a vital interest it is refused with `client_said_no` where the client has refused or withdrawn any of it and not consented since, unless it says why they cannot be asked any more.',
  })
  @ApiCreatedResponse({ type: RequestedOverride })
  async request(
    @Param('clientId', IdPipe) clientId: string,
    @Body()
    { recipient, purpose, categories, legalBasis, justification, validUntil, cannotBeAsked }: RequestOverrideBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    await this.teams.demand(caller, 'RequestOverride', clientId);
    const until = new Date(validUntil).toISOString();
    const request = {
      ...{ recipient, purpose, categories, legalBasis, justification, validUntil: until },
      ...(cannotBeAsked === undefined ? {} : { cannotBeAsked }),
    };
    return this.commands.execute(new RequestOverride(clientId, request, call));
  }
}

@CommandHandler(RequestOverride)
export class RequestOverrideHandler implements ICommandHandler<RequestOverride> {
  constructor(private readonly aggregates: Aggregates) {}

  async execute({ clientId, request, call }: RequestOverride) {
    const saidNo = standingAgainst(nosOf(await linkedRecords(this.aggregates, clientId)), request);
    const command = { type: 'RequestOverride', clientId, request, saidNoElsewhere: saidNo.length > 0 } as const;
    const written = await this.aggregates.change(consentRecordAggregate, clientId, command, call);
    const [event] = written.events;
    const overrideId = event?.type === 'OverrideRequested' ? event.data.overrideId : '';
    return done(written, { overrideId, status: 'requested' as const, clientSaidNo: saidNo.map(clientNoView) });
  }
}
