import { Controller, Get, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import {
  cannotBeAskedReasons,
  dataCategories,
  informingWays,
  legalBases,
  overrideEndReasons,
  overrideStatuses,
  purposes,
  units,
} from '@waymark/contracts';
import type { Instant } from '@waymark/event-sourcing';
import { Aggregates, Clock, IdPipe, ReadLog } from '@waymark/service-kit';
import { standingAgainst, type ToldNo } from '../domain/client-no.js';
import { type Override, overrideStatusOf } from '../domain/override.state.js';
import { ErasureReaders } from '../erasure-readers.js';
import { linkedRecords } from '../linked-records.js';
import { nosOf } from '../nos-of-a-client.js';
import { ClientNoView, clientNoView } from './client-no-view.js';

export class OverrideView {
  @ApiProperty({ format: 'uuid' }) overrideId: string;
  @ApiProperty({ enum: units }) recipient: string;
  @ApiProperty({ enum: purposes }) purpose: string;
  @ApiProperty({ enum: dataCategories, isArray: true }) categories: string[];
  @ApiProperty({ enum: legalBases }) legalBasis: string;
  @ApiProperty({ enum: overrideStatuses }) status: string;
  @ApiProperty({ required: false, description: 'Absent once the client was erased' }) justification?: string;
  @ApiProperty({ type: [ClientNoView], description: 'What the client has said no to, and this stands against' })
  clientSaidNo: ClientNoView[];
  @ApiProperty({ required: false, enum: cannotBeAskedReasons, description: 'Why the client cannot be asked' })
  cannotBeAsked?: string;
  @ApiProperty({ format: 'date-time' }) validUntil: string;
  @ApiProperty() requestedBy: string;
  @ApiProperty({ format: 'date-time' }) requestedAt: string;
  @ApiProperty({ required: false }) approvedBy?: string;
  @ApiProperty({ required: false, format: 'date-time' }) approvedAt?: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'When the client has to have been told' })
  informBy?: string;
  @ApiProperty({ required: false, description: 'Why the client is told later' }) delayedBecause?: string;
  @ApiProperty({ required: false, format: 'date-time' }) informedAt?: string;
  @ApiProperty({ required: false, enum: informingWays }) informedHow?: string;
  @ApiProperty({ required: false, description: 'Who declined or ended it' }) endedBy?: string;
  @ApiProperty({ required: false, format: 'date-time' }) endedAt?: string;
  @ApiProperty({ required: false, enum: overrideEndReasons }) endReason?: string;
}

export class OverrideList {
  @ApiProperty({ type: [OverrideView], description: 'The newest first.' }) items: OverrideView[];
}

export class ListOverrides extends Query<OverrideList> {
  constructor(
    readonly clientId: string,
    readonly caller: Principal,
    readonly ground: string,
  ) {
    super();
  }
}

@ApiTags('For officers', 'For supervisors')
@Controller('v1/clients/:clientId/overrides')
export class ListOverridesEndpoint {
  constructor(
    private readonly queries: QueryBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Get()
  @Access('ListOverrides')
  @ApiOperation({ summary: 'What may be disclosed, or was, without the client’s consent, and why' })
  @ApiOkResponse({ type: OverrideList })
  async list(@Param('clientId', IdPipe) clientId: string, @Caller() caller: Principal) {
    const ground = await this.readers.demand(caller, 'ListOverrides', clientId);
    return this.queries.execute(new ListOverrides(clientId, caller, ground));
  }
}

@QueryHandler(ListOverrides)
export class ListOverridesHandler implements IQueryHandler<ListOverrides> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly reads: ReadLog,
    private readonly clock: Clock,
  ) {}

  async execute({ clientId, caller, ground }: ListOverrides): Promise<OverrideList> {
    const records = await linkedRecords(this.aggregates, clientId);
    const stream = `consent-${clientId}`;
    await this.reads.read({ principal: caller, stream, clientId, what: 'ListOverrides', ground });
    const now = this.clock.now();
    const nos = nosOf(records);
    return { items: records[0].record.overrides.map((override) => viewOf(override, nos, now)).reverse() };
  }
}

function viewOf(override: Override, nos: readonly ToldNo[], now: Instant): OverrideView {
  const { clientId: _, clientDecided: __, expired: ___, approval, informed, ended, categories, ...told } = override;
  return {
    ...told,
    categories: [...categories],
    status: overrideStatusOf(override, now),
    clientSaidNo: standingAgainst(nos, override).map(clientNoView),
    ...(approval ? { approvedBy: approval.by, approvedAt: approval.at } : {}),
    ...(informed ? { informedAt: informed.at, informedHow: informed.way } : {}),
    ...(ended ? { endedBy: ended.by, endedAt: ended.at, endReason: ended.reason } : {}),
  };
}
