import { Controller, Get, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { Aggregates, Clock, IdPipe, ReadLog } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { linkedRecords } from '../linked-records.js';
import { clientIdOf } from './client-receipt.js';
import { ConsentList, consentList } from './consent-view.js';

/** All consents of a client. `ground`: which rule lets the caller see them. */
export class ListConsents extends Query<ConsentList> {
  constructor(
    readonly clientId: string,
    readonly caller: Principal,
    readonly ground: string,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/clients/:clientId/consents')
export class ListConsentsEndpoint {
  constructor(
    private readonly queries: QueryBus,
    private readonly teams: ClientTeams,
  ) {}

  @Get()
  @Access('ListConsents')
  @ApiOperation({ summary: 'What the client has consented to, and what they have refused' })
  @ApiOkResponse({ type: ConsentList })
  async list(@Param('clientId', IdPipe) clientId: string, @Caller() caller: Principal) {
    const ground = await this.teams.demand(caller, 'ListConsents', clientId);
    return this.queries.execute(new ListConsents(clientId, caller, ground));
  }
}

@ApiTags('For clients')
@Controller('v1/my-consents')
export class ListMyConsentsEndpoint {
  constructor(
    private readonly queries: QueryBus,
    private readonly teams: ClientTeams,
  ) {}

  @Get()
  @Access('ListMyConsents')
  @ApiOperation({ summary: 'What I have consented to, and what I have refused' })
  @ApiOkResponse({ type: ConsentList })
  async list(@Caller() caller: Principal) {
    const clientId = clientIdOf(caller);
    const ground = await this.teams.demand(caller, 'ListMyConsents', clientId);
    return this.queries.execute(new ListConsents(clientId, caller, ground));
  }
}

@QueryHandler(ListConsents)
export class ListConsentsHandler implements IQueryHandler<ListConsents> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly reads: ReadLog,
    private readonly clock: Clock,
  ) {}

  async execute({ clientId, caller, ground }: ListConsents): Promise<ConsentList> {
    const records = await linkedRecords(this.aggregates, clientId);
    await this.reads.read({
      principal: caller,
      stream: `consent-${clientId}`,
      clientId,
      what: 'ListConsents',
      ground,
    });
    return consentList(records, this.clock.now());
  }
}
