import { Controller, Get, Headers, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource, type SelectQueryBuilder } from 'typeorm';
import { Access, Caller, type Principal, type StaffPrincipal } from '@waymark/access';
import { channels, concernStatuses, priorities } from '@waymark/contracts';
import {
  Clock,
  Code,
  type MarkedCase,
  notFound,
  Pattern,
  Problem,
  ReadLog,
  shownPage,
  Views,
} from '@waymark/service-kit';
import type { IntakeView } from '../projections/intake-views.js';
import { ConcernMarks } from '../concern-marks.js';
import { concernsOfClients } from '../concerns-of-clients.js';
import { Desks, roleOfTheDesk } from '../desks.js';
import { QueueEntry } from '../projections/queue/queue-entry.entity.js';
import { StaffMarks } from '../projections/queue/staff-marks.js';
import { nameOfDutyStation } from './place-body.js';

export class ListConcernsParams {
  @Code(['response', 'answer', 'nothing', 'any'], {
    optional: true,
    description:
      'Only those that wait for a first response (as without it), for an answer to what the reporter has written, for neither, or all',
  })
  waitingFor?: 'response' | 'answer' | 'nothing' | 'any';
  @Code(concernStatuses, { optional: true }) status?: string;
  @Code(channels, { optional: true }) channel?: string;
  @Pattern(/^([1-9]\d?|100)$/, { optional: true, description: '1 to 100, 50 when left out' }) limit?: string;
  @Pattern(/^[A-Za-z0-9_-]{1,200}$/, { optional: true, max: 200, description: '`next` of the page before' })
  after?: string;
}

export class QueueLine {
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ enum: channels }) channel: string;
  @ApiProperty() language: string;
  @ApiProperty({ required: false }) country?: string;
  @ApiProperty({ required: false, description: 'Code' }) dutyStation?: string;
  @ApiProperty({ required: false, description: 'Its name' }) dutyStationName?: string;
  @ApiProperty({ enum: concernStatuses }) status: string;
  @ApiProperty({ required: false, enum: priorities }) priority?: string;
  @ApiProperty({ description: 'Or a medical urgency, which has the same clock: the concern says which' })
  immediateDanger: boolean;
  @ApiProperty({ required: false, format: 'date-time' }) dueAt?: string;
  @ApiProperty({ required: false, type: 'integer', description: 'Below zero when overdue' }) secondsLeft?: number;
  @ApiProperty() overdue: boolean;
  @ApiProperty({
    required: false,
    format: 'date-time',
    description: 'Since when the reporter waits for an answer to what they have written',
  })
  unansweredSince?: string;
  @ApiProperty({ required: false, enum: ['supervisor', 'head'] }) escalatedTo?: string;
  @ApiProperty({ required: false, description: 'Who has taken it' }) officerId?: string;
}

export class Queue {
  @ApiProperty({ type: [QueueLine] }) items: QueueLine[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

export class ListConcerns extends Query<Queue> {
  constructor(
    readonly caller: StaffPrincipal,
    readonly params: ListConcernsParams,
    readonly after: string | undefined,
  ) {
    super();
  }
}

@ApiTags('For officers')
@Controller('v1/concerns')
export class ListConcernsEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ListConcerns')
  @ApiOperation({ summary: 'The queue: immediate danger first, then by the time that is left of the 24 hours' })
  @ApiOkResponse({ type: Queue })
  list(
    @Caller() caller: Principal,
    @QueryParams() params: ListConcernsParams,
    @Headers('waymark-position') position?: string,
  ) {
    if (caller.kind !== 'staff') throw notFound();
    return this.queries.execute(new ListConcerns(caller, params, position));
  }
}

interface Listed {
  readonly entry: QueueEntry;
  readonly ofClient: readonly MarkedCase[];
}

@QueryHandler(ListConcerns)
export class ListConcernsHandler implements IQueryHandler<ListConcerns> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<IntakeView>,
    private readonly clock: Clock,
    private readonly marks: StaffMarks,
    private readonly inLog: ConcernMarks,
    private readonly desks: Desks,
    private readonly reads: ReadLog,
  ) {}

  async execute({ caller, params, after }: ListConcerns): Promise<Queue> {
    await this.views.caughtUp(['concern-queue'], after);
    const now = Date.parse(this.clock.now());
    const queue = await shownPage({
      limit: Number(params.limit ?? 50),
      after: params.after,
      page: async (from, limit) => this.withMarks(await this.page(caller, params, from, limit)),
      show: (listed) => (this.isKeptFrom(caller, listed) ? undefined : lineOf(listed.entry, now)),
      cursorOf: ({ entry }) => cursorOf(entry),
    });
    const lines = queue.items.map(({ concernId }) => ({ stream: `concern-${concernId}`, ground: 'desk' }));
    await this.reads.listed({ principal: caller, what: 'ListConcerns', lines });
    return queue;
  }

  /** Where what the reporter told is gone the marks in the log are left, and of whom such a mark is, no database can tell. */
  private isKeptFrom(caller: StaffPrincipal, { entry, ofClient }: Listed): boolean {
    if (this.inLog.othersName(caller, entry, ofClient)) return true;
    return entry.shutOutToldFor.length === 0 && this.inLog.keepFrom(caller, entry);
  }

  private async withMarks(entries: readonly QueueEntry[]): Promise<Listed[]> {
    const marked = await concernsOfClients.ofEach(
      this.dataSource,
      entries.map(({ clientId }) => clientId),
    );
    return entries.map((entry) => ({ entry, ofClient: marked.get(entry.clientId) ?? [] }));
  }

  private page(
    caller: StaffPrincipal,
    params: ListConcernsParams,
    after: string | undefined,
    limit: number,
  ): Promise<QueueEntry[]> {
    const query = this.dataSource
      .getRepository(QueueEntry)
      .createQueryBuilder('q')
      .where('NOT (q.shut_out_marks @> ARRAY[:mark]::text[])', { mark: this.marks.of(caller.id) })
      .andWhere('NOT (q.shut_out_units @> ARRAY[:unit]::text[])', { unit: caller.unit ?? '' })
      .andWhere('NOT (q.recused @> ARRAY[:caller]::text[])', { caller: caller.id })
      .orderBy('q.immediate_danger', 'DESC')
      .addOrderBy("coalesce(q.due_at, 'infinity')", 'ASC')
      .addOrderBy('q.concern_id', 'ASC')
      .limit(limit);
    this.ofTheirDesk(query, caller);
    query.andWhere(waiting[params.waitingFor ?? 'response']);
    if (params.status) query.andWhere('q.status = :status', { status: params.status });
    if (params.channel) query.andWhere('q.channel = :channel', { channel: params.channel });
    if (after) {
      const [danger, dueAt, concernId] = readCursor(after);
      query.andWhere(
        "(NOT q.immediate_danger, coalesce(q.due_at, 'infinity'), q.concern_id) > (NOT :danger::boolean, :dueAt::timestamptz, :concernId::uuid)",
        { danger, dueAt, concernId },
      );
    }
    return query.getMany();
  }

  /** Leaves what `Desks` says to be of the desk that they work at, but for what shuts out a role of theirs. */
  private ofTheirDesk(query: SelectQueryBuilder<QueueEntry>, { unit, roles }: StaffPrincipal): void {
    const { desk, alternate } = this.desks;
    const belongsTo = `coalesce(q.desk, CASE
      WHEN q.shut_out_units @> ARRAY[:desk]::text[] OR q.shut_out_roles @> ARRAY[:roleOfTheDesk]::text[] THEN :alternate
      ELSE :desk END)`;
    query.andWhere(
      `(:atTheDesk AND ${belongsTo} = :desk AND NOT (q.shut_out_roles && :roles::text[])
        OR :unit <> :desk AND ${belongsTo} = :unit AND NOT (q.shut_out_roles && :rolesThere::text[]))`,
      {
        ...{ desk, alternate: alternate ?? desk, roleOfTheDesk, unit: unit ?? '', roles: [...roles] },
        atTheDesk: alternate === undefined || unit !== alternate,
        rolesThere: roles.filter((role) => role !== roleOfTheDesk),
      },
    );
  }
}

/** Who waits for what, by what the queue keeps of it. */
const waiting = {
  response: 'q.waiting',
  answer: 'q.unanswered_since IS NOT NULL',
  nothing: 'NOT q.waiting AND q.unanswered_since IS NULL',
  any: 'TRUE',
} as const;

const cursorOf = (entry: QueueEntry): string =>
  Buffer.from(
    JSON.stringify([entry.immediateDanger, entry.dueAt?.toISOString() ?? 'infinity', entry.concernId]),
  ).toString('base64url');

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const isDue = (value: unknown): value is string =>
  value === 'infinity' || (typeof value === 'string' && moment.test(value) && !Number.isNaN(Date.parse(value)));

function readCursor(cursor: string): readonly [boolean, string, string] {
  try {
    const [danger, dueAt, concernId] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (typeof danger === 'boolean' && isDue(dueAt) && typeof concernId === 'string' && uuid.test(concernId))
      return [danger, dueAt, concernId];
  } catch {
    // falls through to the refusal: a cursor of ours always reads
  }
  throw new Problem(422, 'invalid_input', 'Pass `next` of the page before, unchanged.', [
    { field: 'after', rule: 'cursor', message: 'not a cursor' },
  ]);
}

function lineOf(entry: QueueEntry, now: number): QueueLine {
  const { dueAt } = entry;
  return {
    concernId: entry.concernId,
    channel: entry.channel,
    language: entry.language,
    ...(entry.country ? { country: entry.country } : {}),
    ...(entry.dutyStation ? { dutyStation: entry.dutyStation } : {}),
    ...nameOfDutyStation(entry.dutyStation),
    status: entry.status,
    ...(entry.priority ? { priority: entry.priority } : {}),
    immediateDanger: entry.immediateDanger,
    ...(dueAt && entry.waiting
      ? { dueAt: dueAt.toISOString(), secondsLeft: Math.floor((dueAt.getTime() - now) / 1000) }
      : {}),
    overdue: entry.overdue && entry.waiting,
    ...(entry.unansweredSince ? { unansweredSince: entry.unansweredSince.toISOString() } : {}),
    ...(entry.escalatedTo ? { escalatedTo: entry.escalatedTo } : {}),
    ...(entry.officerId ? { officerId: entry.officerId } : {}),
  };
}
