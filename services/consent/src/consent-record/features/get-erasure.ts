import { Controller, Get, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import {
  erasureDeclineReasons,
  erasureGrounds,
  erasureLapses,
  erasureStatuses,
  legalHoldBases,
  sealingContexts,
  withdrawalWays,
} from '@waymark/contracts';
import { Aggregates, IdPipe, notFound, ReadLog } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import type { Erasing, Erasure } from '../domain/erasure.state.js';
import { ErasureReaders } from '../erasure-readers.js';
import { personIdOf } from './client-receipt.js';

export class ErasedContextView {
  @ApiProperty({ enum: sealingContexts }) context: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'Absent when there was no key' })
  keyMadeAt?: string;
  @ApiProperty({ format: 'date-time' }) destroyedAt: string;
  @ApiProperty({ format: 'date-time', description: 'Until then a backup of the key may exist' })
  backupsExpireAt: string;
}

export class ErasureView {
  @ApiProperty({ format: 'uuid' }) erasureId: string;
  @ApiProperty({ enum: erasureStatuses }) status: string;
  @ApiProperty({ enum: erasureGrounds }) ground: string;
  @ApiProperty({ required: false, enum: withdrawalWays }) way?: string;
  @ApiProperty({ format: 'date-time' }) requestedAt: string;
  @ApiProperty({ required: false, format: 'date-time' }) approvedAt?: string;
  @ApiProperty({ type: [ErasedContextView], description: 'The contexts that have answered' })
  contexts: ErasedContextView[];
  @ApiProperty({ required: false, format: 'date-time' }) completedAt?: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'Of all backups of all keys' })
  lastBackupExpiresAt?: string;
  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'Declined, withdrawn or lapsed: nobody asks for it',
  })
  endedAt?: string;
  @ApiProperty({ required: false, enum: [...erasureDeclineReasons, ...erasureLapses], description: 'For staff only' })
  endedBecause?: string;
  @ApiProperty({ required: false, description: 'For staff only' }) endedBy?: string;
  @ApiProperty({ required: false, description: 'For staff only' }) requestedBy?: string;
  @ApiProperty({ required: false, description: 'For staff only' }) approvedBy?: string;
}

export class LegalHoldView {
  @ApiProperty({ format: 'uuid' }) holdId: string;
  @ApiProperty({ enum: legalHoldBases }) basis: string;
  @ApiProperty({ format: 'date-time' }) placedAt: string;
}

export class ErasingView {
  @ApiProperty({ required: false, description: 'Absent until somebody asks for it' }) erasure?: ErasureView;
  @ApiProperty({ type: [LegalHoldView], description: 'Those that stand' }) legalHolds: LegalHoldView[];
}

/** A client, and whoever reported, sees the own erasure without who did what, and no legal hold, which may be there because of another person. */
export class GetErasure extends Query<Erasing> {
  constructor(
    readonly clientId: string,
    readonly caller: Principal,
    readonly ground: string,
  ) {
    super();
  }
}

@ApiTags('For officers', 'For supervisors')
@Controller('v1/clients/:clientId/erasure')
export class GetErasureEndpoint {
  constructor(
    private readonly queries: QueryBus,
    private readonly readers: ErasureReaders,
  ) {}

  @Get()
  @Access('ReadErasure')
  @ApiOperation({ summary: 'Where the erasure of a client stands, its certificate, and the legal holds against it' })
  @ApiOkResponse({ type: ErasingView })
  async read(@Param('clientId', IdPipe) clientId: string, @Caller() caller: Principal): Promise<ErasingView> {
    const ground = await this.readers.demand(caller, 'ReadErasure', clientId);
    const { erasure, holds } = await this.queries.execute(new GetErasure(clientId, caller, ground));
    return {
      ...(erasure && { erasure: { ...viewOf(erasure), ...whoAndWhy(erasure) } }),
      legalHolds: holds.map((hold) => ({ ...hold })),
    };
  }
}

@ApiTags('For clients', 'For people who raise a concern')
@Controller('v1/my-erasure')
export class GetMyErasureEndpoint {
  constructor(
    private readonly queries: QueryBus,
    private readonly teams: ClientTeams,
  ) {}

  @Get()
  @Access('ReadMyErasure')
  @ApiOperation({ summary: 'Where my erasure stands, and its certificate' })
  @ApiOkResponse({ type: ErasureView })
  async read(@Caller() caller: Principal): Promise<ErasureView> {
    const clientId = personIdOf(caller);
    const ground = await this.teams.demand(caller, 'ReadMyErasure', clientId);
    const { erasure } = await this.queries.execute(new GetErasure(clientId, caller, ground));
    if (!erasure) throw notFound();
    return viewOf(erasure);
  }
}

@QueryHandler(GetErasure)
export class GetErasureHandler implements IQueryHandler<GetErasure> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly reads: ReadLog,
  ) {}

  async execute({ clientId, caller, ground }: GetErasure): Promise<Erasing> {
    const { state } = await this.aggregates.load(consentRecordAggregate, clientId);
    const stream = `consent-${clientId}`;
    await this.reads.read({ principal: caller, stream, clientId, what: 'GetErasure', ground });
    return state;
  }
}

const whoAndWhy = ({ requestedBy, approval, ending }: Erasure) => ({
  requestedBy,
  ...(approval && { approvedBy: approval.by }),
  ...(ending?.by && { endedBy: ending.by }),
  ...(ending?.reason && { endedBecause: ending.reason }),
});

function viewOf({
  erasureId,
  status,
  ground,
  way,
  requestedAt,
  approval,
  contexts,
  certificate,
  ending,
}: Erasure): ErasureView {
  return {
    ...{ erasureId, status, ground, requestedAt },
    ...(way && { way }),
    ...(approval && { approvedAt: approval.at }),
    ...(ending && { endedAt: ending.at }),
    contexts: contexts.map((each) => ({ ...each })),
    ...(certificate && {
      completedAt: certificate.completedAt,
      lastBackupExpiresAt: certificate.lastBackupExpiresAt,
    }),
  };
}
