import { Controller, Get, Headers, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access, Caller, type Principal, type StaffPrincipal } from '@waymark/access';
import { type ApprovalKind, approvalKinds } from '@waymark/contracts';
import { Aggregates, Clock, Code, notFound, Pattern, ReadLog, shownPage, Views } from '@waymark/service-kit';
import type { ConsentView } from '../projections/consent-views.js';
import { ClientTeams } from '../client-teams.js';
import { standingAgainst } from '../domain/client-no.js';
import { isErased, pendingRequest } from '../domain/erasure.state.js';
import { overrideOf, overrideStatusOf } from '../domain/override.state.js';
import { linkedRecords } from '../linked-records.js';
import { nosOf } from '../nos-of-a-client.js';
import { WaitingApproval } from '../projections/approvals/waiting-approval.entity.js';
import { ClientNoView, clientNoView } from './client-no-view.js';

export class ListApprovalsParams {
  @Code(approvalKinds, { optional: true }) kind?: ApprovalKind;
  @Pattern(/^([1-9]\d?|100)$/, { optional: true, description: '1 to 100, 50 when left out' }) limit?: string;
  @Pattern(/^\d{1,18}$/, { optional: true, description: '`next` of the page before' }) after?: string;
}

export class ApprovalLine {
  @ApiProperty({ enum: approvalKinds }) kind: string;
  @ApiProperty({ format: 'uuid', description: 'The erasure or the override' }) requestId: string;
  @ApiProperty({ format: 'uuid', description: 'Whose: of an erasure it may be somebody who reported' })
  clientId: string;
  @ApiProperty() requestedBy: string;
  @ApiProperty({ format: 'date-time' }) requestedAt: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'From then on it is too late to approve it' })
  validUntil?: string;
  @ApiProperty({
    required: false,
    type: [ClientNoView],
    description: 'Of an override: what the client has said no to, and this stands against',
  })
  clientSaidNo?: ClientNoView[];
}

export class Approvals {
  @ApiProperty({ type: [ApprovalLine], description: 'What has waited longest first' }) items: ApprovalLine[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

export class ListApprovals extends Query<Approvals> {
  constructor(
    readonly caller: StaffPrincipal,
    readonly params: ListApprovalsParams,
    readonly position: string | undefined,
  ) {
    super();
  }
}

@ApiTags('For supervisors')
@Controller('v1/approvals')
export class ListApprovalsEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ListApprovals')
  @ApiOperation({
    summary: 'Erasures and overrides that wait for you as the second person',
    description: 'What you asked for yourself waits for somebody else and is not shown.',
  })
  @ApiOkResponse({ type: Approvals })
  list(
    @Caller() caller: Principal,
    @QueryParams() params: ListApprovalsParams,
    @Headers('waymark-position') position?: string,
  ) {
    if (caller.kind !== 'staff') throw notFound();
    return this.queries.execute(new ListApprovals(caller, params, position));
  }
}

@QueryHandler(ListApprovals)
export class ListApprovalsHandler implements IQueryHandler<ListApprovals> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<ConsentView>,
    private readonly teams: ClientTeams,
    private readonly clock: Clock,
    private readonly aggregates: Aggregates,
    private readonly reads: ReadLog,
  ) {}

  async execute({ caller, params, position }: ListApprovals): Promise<Approvals> {
    await this.views.caughtUp(['waiting-approvals'], position);
    const approvals = await shownPage({
      limit: Number(params.limit ?? 50),
      after: params.after,
      page: (after, limit) => this.page(params.kind, after, limit),
      show: async (entry) => ((await this.waitsFor(caller, entry)) ? this.lineOf(entry) : undefined),
      cursorOf: (entry) => entry.position,
    });
    const lines = approvals.items.map(({ clientId }) => ({ stream: `consent-${clientId}`, ground: 'supervisor' }));
    await this.reads.listed({ principal: caller, what: 'ListApprovals', lines });
    return approvals;
  }

  /** Whether they may decide, and there is still something to decide: a client who has decided themself ends an override, an erasure any. */
  private async waitsFor(caller: StaffPrincipal, { kind, clientId, requestId, requestedBy }: WaitingApproval) {
    if (caller.id === requestedBy) return false;
    const action = kind === 'erasure' ? 'ApproveErasure' : 'ApproveOverride';
    const record = await this.teams.findIfAllowed(caller, action, clientId);
    if (!record || isErased(record)) return false;
    if (kind === 'erasure') return pendingRequest(record)?.erasureId === requestId;
    const override = overrideOf(record, requestId);
    return override !== undefined && overrideStatusOf(override, this.clock.now()) === 'requested';
  }

  private async lineOf(entry: WaitingApproval): Promise<ApprovalLine> {
    if (entry.kind === 'erasure') return lineOf(entry);
    const records = await linkedRecords(this.aggregates, entry.clientId);
    const override = overrideOf(records[0].record, entry.requestId);
    const nos = override ? standingAgainst(nosOf(records), override) : [];
    return { ...lineOf(entry), clientSaidNo: nos.map(clientNoView) };
  }

  private page(kind: ApprovalKind | undefined, after: string | undefined, limit: number): Promise<WaitingApproval[]> {
    const query = this.dataSource
      .getRepository(WaitingApproval)
      .createQueryBuilder('w')
      .where('(w.valid_until IS NULL OR w.valid_until > :now)', { now: this.clock.now() })
      .orderBy('w.position', 'ASC')
      .limit(limit);
    if (kind) query.andWhere('w.kind = :kind', { kind });
    if (after) query.andWhere('w.position > :after::bigint', { after });
    return query.getMany();
  }
}

const lineOf = ({
  kind,
  requestId,
  clientId,
  requestedBy,
  requestedAt,
  validUntil,
}: WaitingApproval): ApprovalLine => ({
  ...{ kind, requestId, clientId, requestedBy },
  requestedAt: requestedAt.toISOString(),
  ...(validUntil ? { validUntil: validUntil.toISOString() } : {}),
});
