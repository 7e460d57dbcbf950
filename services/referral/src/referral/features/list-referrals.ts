import { Controller, Get, Headers, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access, Caller, type Principal, type StaffPrincipal } from '@waymark/access';
import { referralStatuses, services, units, urgencies } from '@waymark/contracts';
import {
  Clock,
  Code,
  Id,
  type MarkedCase,
  notFound,
  shownPage,
  uuidForm,
  Pattern,
  Problem,
  ReadLog,
  ShutOutMarks,
  Views,
} from '@waymark/service-kit';
import type { ReferralView } from '../projections/referral-views.js';
import { casesOfClients, isNamedByOneOf } from '../projections/case-teams/case-teams.js';
import { ReferralEntry } from '../projections/referrals/referral-entry.entity.js';
import { ConsentDoor } from '../../integration/consent-door.js';
import { underConsent, whileItMay, whyWithheld } from '../unit-may-read.js';

export class ListReferralsParams {
  @Code(referralStatuses, { optional: true }) status?: string;
  @Code(urgencies, { optional: true }) urgency?: string;
  @Id({ optional: true, description: 'Referrals of this case; for its team' }) caseId?: string;
  @Pattern(/^([1-9]\d?|100)$/, { optional: true, description: '1 to 100, 50 when left out' }) limit?: string;
  @Pattern(/^[A-Za-z0-9_-]{1,200}$/, { optional: true, max: 200, description: '`next` of the page before' })
  after?: string;
}

export class ReferralLine {
  @ApiProperty({ format: 'uuid' }) referralId: string;
  @ApiProperty({ enum: units }) unit: string;
  @ApiProperty({ required: false, enum: services, description: whileItMay }) service?: string;
  @ApiProperty({ required: false, enum: urgencies, description: whileItMay }) urgency?: string;
  @ApiProperty({ enum: referralStatuses }) status: string;
  @ApiProperty({ required: false, format: 'date-time' }) sentAt?: string;
  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'When the unit must have acknowledged the referral or its suspension; absent when nothing is due',
  })
  dueAt?: string;
  @ApiProperty({ required: false, type: 'integer', description: 'Below zero when overdue' }) secondsLeft?: number;
  @ApiProperty({ required: false, enum: ['consent_withdrawn'], description: 'To be acknowledged by the unit' })
  notice?: string;
  @ApiProperty({ required: false, enum: ['consent_unreachable'], description: whyWithheld })
  withheld?: 'consent_unreachable';
  @ApiProperty({ required: false, format: 'uuid', description: 'For the team only' }) caseId?: string;
}

export class Referrals {
  @ApiProperty({ type: [ReferralLine] }) items: ReferralLine[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

export class ListReferrals extends Query<Referrals> {
  constructor(
    readonly caller: StaffPrincipal,
    readonly params: ListReferralsParams,
    readonly after: string | undefined,
  ) {
    super();
  }
}

@ApiTags('For the team of a case', 'For the unit')
@Controller('v1/referrals')
export class ListReferralsEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ListReferrals')
  @ApiOperation({ summary: 'Referrals of your cases, and those sent to your unit, by what is due' })
  @ApiOkResponse({ type: Referrals })
  list(
    @Caller() caller: Principal,
    @QueryParams() params: ListReferralsParams,
    @Headers('waymark-position') position?: string,
  ) {
    if (caller.kind !== 'staff') throw notFound();
    return this.queries.execute(new ListReferrals(caller, params, position));
  }
}

const unitMayReadLine = "r.status <> 'revoked' AND NOT r.consent_withdrawn";
const ofMyCases = ':desk AND r.case_id IN (SELECT case_id FROM case_teams WHERE team @> ARRAY[:caller]::text[])';

/** A line, whether the caller sees it as the team does, what a unit is shown of it, and whom the reporter of its case shuts out. */
interface Row extends ReferralEntry, MarkedCase {
  readonly onTeam: boolean;
  readonly forUnit: 'stands' | 'over' | 'unknown';
  /** All cases of its client. */
  readonly ofClient: readonly MarkedCase[];
}

interface Raw {
  readonly on_team: boolean;
  readonly unit_may_read: boolean;
  /** Of a case that is not known; or of which no concern is. */
  readonly concern_id: string | null;
  readonly client_id: string | null;
  readonly shut_out: readonly string[] | null;
}

const nothing: Raw = { on_team: false, unit_may_read: false, concern_id: null, client_id: null, shut_out: null };

@QueryHandler(ListReferrals)
export class ListReferralsHandler implements IQueryHandler<ListReferrals> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<ReferralView>,
    private readonly clock: Clock,
    private readonly marks: ShutOutMarks,
    private readonly consentDoor: ConsentDoor,
    private readonly reads: ReadLog,
  ) {}

  /** Of whom a mark is, no database can tell, and which consents stand, consent alone. */
  async execute({ caller, params, after: position }: ListReferrals): Promise<Referrals> {
    await this.views.caughtUp(['referrals'], position);
    const now = Date.parse(this.clock.now());
    const referrals = await shownPage({
      limit: Number(params.limit ?? 50),
      after: params.after,
      page: (after, limit) => this.page(caller, params, after, limit),
      show: (row) => (this.isShown(row, caller, params) ? lineOf(row, now) : undefined),
      cursorOf,
    });
    // A line names its case to the team alone.
    const lines = referrals.items.map(({ referralId, caseId }) => ({
      stream: `referral-${referralId}`,
      ground: caseId === undefined ? 'recipient' : 'team',
    }));
    await this.reads.listed({ principal: caller, what: 'ListReferrals', lines });
    return referrals;
  }

  /** Not by what a line does not tell: the filter would. */
  private isShown(row: Row, caller: StaffPrincipal, { urgency }: ListReferralsParams): boolean {
    const toldOfUrgency = row.onTeam || row.forUnit === 'stands';
    const isShutOut = this.marks.conflictWith(row, caller) || isNamedByOneOf(row.ofClient, this.marks, caller, row);
    return !isShutOut && (urgency === undefined || toldOfUrgency);
  }

  private async page(
    caller: StaffPrincipal,
    params: ListReferralsParams,
    after: string | undefined,
    limit: number,
  ): Promise<Row[]> {
    const query = this.dataSource
      .getRepository(ReferralEntry)
      .createQueryBuilder('r')
      .leftJoin('case_teams', 't', 't.case_id = r.case_id')
      .addSelect(ofMyCases, 'on_team')
      .addSelect(unitMayReadLine, 'unit_may_read')
      .addSelect(['t.concern_id AS concern_id', 't.client_id AS client_id', 't.shut_out AS shut_out'])
      .where(`(${ofMyCases} OR (:focalPoint AND r.unit = :unit AND r.sent_at IS NOT NULL))`)
      .andWhere("NOT coalesce(t.recused, '{}') @> ARRAY[:caller]::text[]")
      .setParameters(askedBy(caller))
      .orderBy("coalesce(r.due_at, 'infinity')", 'ASC')
      .addOrderBy('r.referral_id', 'ASC')
      .limit(limit);
    const { status, urgency, caseId } = params;
    if (status) query.andWhere('r.status = :status', { status });
    if (urgency) query.andWhere('r.urgency = :urgency', { urgency });
    if (caseId) query.andWhere(`r.case_id = :caseId AND ${ofMyCases}`, { caseId });
    if (after) {
      const [dueAt, referralId] = readCursor(after);
      query.andWhere("(coalesce(r.due_at, 'infinity'), r.referral_id) > (:dueAt::timestamptz, :referralId::uuid)", {
        dueAt,
        referralId,
      });
    }
    const { entities, raw } = await query.getRawAndEntities<Raw>();
    const rows = entities.map((entry, index) => ({ entry, found: raw[index] ?? nothing }));
    const standing = await this.consentDoor.standingAmong([
      ...new Set(rows.flatMap(({ entry, found }) => (isForUnit(found) ? (entry.consentId ?? []) : []))),
    ]);
    const clientIds = [...new Set(rows.flatMap(({ found }) => found.client_id ?? []))];
    const marked = await casesOfClients.ofEach(this.dataSource, clientIds);
    return rows.map(({ entry, found }) => ({
      ...entry,
      onTeam: found.on_team,
      forUnit: isForUnit(found) ? underConsent(entry.consentId ?? undefined, standing) : 'over',
      concernId: found.concern_id ?? undefined,
      shutOut: found.shut_out ?? [],
      ofClient: marked.get(found.client_id ?? '') ?? [],
    }));
  }
}

/** Whether the unit reads it, as far as the referral has heard. */
const isForUnit = ({ on_team: onTeam, unit_may_read: mayRead }: Raw): boolean => !onTeam && mayRead;

/** Narrows the list to what the policies let the caller read one by one; tests/access-oracle holds the two together. */
const askedBy = ({ id, roles, unit }: StaffPrincipal) => ({
  caller: id,
  desk: roles.includes('officer') || roles.includes('supervisor'),
  focalPoint: roles.includes('unit_focal_point'),
  unit: unit ?? null,
});

const cursorOf = ({ dueAt, referralId }: ReferralEntry): string =>
  Buffer.from(JSON.stringify([dueAt?.toISOString() ?? 'infinity', referralId])).toString('base64url');

const dueForm = /^(infinity|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;

function readCursor(cursor: string): readonly [string, string] {
  try {
    const [dueAt, referralId] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const texts = typeof dueAt === 'string' && typeof referralId === 'string';
    const exists = texts && (dueAt === 'infinity' || !Number.isNaN(Date.parse(dueAt)));
    if (exists && dueForm.test(dueAt) && uuidForm.test(referralId)) return [dueAt, referralId];
  } catch {
    // falls through to the refusal: a cursor of ours always reads
  }
  throw new Problem(422, 'invalid_input', 'Pass `next` of the page before, unchanged.', [
    { field: 'after', rule: 'cursor', message: 'not a cursor' },
  ]);
}

function lineOf(row: Row, now: number): ReferralLine {
  const { referralId, unit, service, urgency, status, sentAt, dueAt, notice, caseId, onTeam, forUnit } = row;
  return {
    ...{ referralId, unit, status },
    ...(onTeam || forUnit === 'stands' ? { service, urgency } : {}),
    ...(!onTeam && forUnit === 'unknown' ? { withheld: 'consent_unreachable' as const } : {}),
    ...(sentAt ? { sentAt: sentAt.toISOString() } : {}),
    ...(dueAt ? { dueAt: dueAt.toISOString(), secondsLeft: Math.floor((dueAt.getTime() - now) / 1000) } : {}),
    ...(notice ? { notice } : {}),
    ...(onTeam ? { caseId } : {}),
  };
}
