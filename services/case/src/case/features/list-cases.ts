import { Controller, Get, Headers, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access, Caller, type Principal, type StaffPrincipal } from '@waymark/access';
import { caseStages } from '@waymark/contracts';
import {
  Code,
  Id,
  type MarkedCase,
  notFound,
  shownPage,
  Pattern,
  Problem,
  ReadLog,
  type ShownLine,
  ShutOutMarks,
  StaffId,
  Views,
} from '@waymark/service-kit';
import type { CaseView } from '../projections/case-views.js';
import { casesOfClients } from '../cases-of-clients.js';
import { caseCodeAsMade, caseCodePattern } from '../domain/case-code.js';
import { CaseEntry } from '../projections/cases/case-entry.entity.js';
import { usualPurposeOf } from '../visibility.js';

export class ListCasesParams {
  @Id({ optional: true, description: 'The case of this concern' }) concernId?: string;
  @Id({ optional: true, description: 'Cases of this client' }) clientId?: string;
  @Pattern(caseCodePattern, {
    optional: true,
    max: 9,
    description: 'The case of this code, as somebody says or writes it: in small letters, without the dash',
  })
  caseCode?: string;
  @Code(caseStages, { optional: true }) stage?: string;
  @StaffId({ optional: true, description: 'Cases whose team this person is on' }) staffId?: string;
  @Pattern(/^([1-9]\d?|100)$/, { optional: true, description: '1 to 100, 50 when left out' }) limit?: string;
  @Pattern(/^[A-Za-z0-9_-]{1,200}$/, { optional: true, max: 200, description: '`next` of the page before' })
  after?: string;
}

export class CaseLine {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ example: 'K7RM-2XQD' }) caseCode: string;
  @ApiProperty({ format: 'uuid' }) concernId: string;
  @ApiProperty({ enum: caseStages }) stage: string;
  @ApiProperty() officerId: string;
  @ApiProperty({ type: [String], description: 'The officer first.' }) team: string[];
  @ApiProperty({ required: false, format: 'date-time', description: 'Absent until risk was assessed' })
  reviewDueAt?: string;
  @ApiProperty({ format: 'date-time' }) openedAt: string;
}

export class Cases {
  @ApiProperty({ type: [CaseLine] }) items: CaseLine[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

export class ListCases extends Query<Cases> {
  constructor(
    readonly caller: StaffPrincipal,
    readonly params: ListCasesParams,
    readonly after: string | undefined,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/cases')
export class ListCasesEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ListCases')
  @ApiOperation({
    summary:
      'Your cases, all for a supervisor: never assessed first, then by when risk is due for review. Closed ones by stage, code, client or concern only',
  })
  @ApiOkResponse({ type: Cases })
  list(
    @Caller() caller: Principal,
    @QueryParams() params: ListCasesParams,
    @Headers('waymark-position') position?: string,
  ) {
    if (caller.kind !== 'staff') throw notFound();
    return this.queries.execute(new ListCases(caller, params, position));
  }
}

/** A line, with the marks of all cases of its client. */
interface Listed {
  readonly entry: CaseEntry;
  readonly ofClient: readonly MarkedCase[];
}

@QueryHandler(ListCases)
export class ListCasesHandler implements IQueryHandler<ListCases> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<CaseView>,
    private readonly marks: ShutOutMarks,
    private readonly reads: ReadLog,
  ) {}

  /** Of whom a mark is, no database can tell. */
  async execute({ caller, params, after: position }: ListCases): Promise<Cases> {
    await this.views.caughtUp(['cases'], position);
    const cases = await shownPage({
      limit: Number(params.limit ?? 50),
      after: params.after,
      page: async (after, limit) => this.withMarks(await this.page(caller, params, after, limit)),
      show: (listed) => (this.isShutOut(caller, listed) ? undefined : lineOf(listed.entry)),
      cursorOf: ({ entry }) => cursorOf(entry),
    });
    const lines = cases.items.map((line) => shownTo(caller, line));
    await this.reads.listed({ principal: caller, what: 'ListCases', lines });
    return cases;
  }

  private async withMarks(entries: readonly CaseEntry[]): Promise<Listed[]> {
    const marked = await casesOfClients.ofEach(
      this.dataSource,
      entries.map(({ clientId }) => clientId),
    );
    return entries.map((entry) => ({ entry, ofClient: marked.get(entry.clientId) ?? [] }));
  }

  private isShutOut(caller: StaffPrincipal, { entry, ofClient }: Listed): boolean {
    return this.marks.shutOutOf([entry], caller, ofClient).length > 0;
  }

  private page(
    caller: StaffPrincipal,
    params: ListCasesParams,
    after: string | undefined,
    limit: number,
  ): Promise<CaseEntry[]> {
    const query = this.dataSource
      .getRepository(CaseEntry)
      .createQueryBuilder('c')
      .orderBy("coalesce(c.review_due_at, '-infinity')", 'ASC')
      .addOrderBy('c.case_id', 'ASC')
      .limit(limit);
    query.andWhere('NOT c.recused @> ARRAY[:caller]::text[]', { caller: caller.id });
    const { concernId, clientId, caseCode, stage, staffId } = params;
    if (!caller.roles.includes('supervisor')) query.andWhere('c.team @> ARRAY[:caller]::text[]');
    if (concernId) query.andWhere('c.concern_id = :concernId', { concernId });
    if (clientId) query.andWhere('c.client_id = :clientId', { clientId });
    if (caseCode) query.andWhere('c.case_code = :code', { code: caseCodeAsMade(caseCode) });
    if (stage) query.andWhere('c.stage = :stage', { stage });
    else if (!concernId && !clientId && !caseCode) query.andWhere("c.stage <> 'closed'");
    if (staffId) query.andWhere('c.team @> ARRAY[:staffId]::text[]', { staffId });
    if (after) {
      const [dueAt, caseId] = readCursor(after);
      query.andWhere("(coalesce(c.review_due_at, '-infinity'), c.case_id) > (:dueAt::timestamptz, :caseId::uuid)", {
        dueAt,
        caseId,
      });
    }
    return query.getMany();
  }
}

/** As when the case itself is read. */
function shownTo({ id }: StaffPrincipal, line: CaseLine): ShownLine {
  const ground = line.team.includes(id) ? 'team' : 'supervisor';
  return { stream: `case-${line.caseId}`, ground, usual: usualPurposeOf(ground, line) };
}

const cursorOf = ({ reviewDueAt, caseId }: CaseEntry): string =>
  Buffer.from(JSON.stringify([reviewDueAt?.toISOString() ?? '-infinity', caseId])).toString('base64url');

const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const dueForm = /^(-infinity|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;

function readCursor(cursor: string): readonly [string, string] {
  try {
    const [dueAt, caseId] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    const texts = typeof dueAt === 'string' && typeof caseId === 'string';
    const exists = texts && (dueAt === '-infinity' || !Number.isNaN(Date.parse(dueAt)));
    if (exists && dueForm.test(dueAt) && uuidForm.test(caseId)) return [dueAt, caseId];
  } catch {
    // falls through to the refusal: a cursor of ours always reads
  }
  throw new Problem(422, 'invalid_input', 'Pass `next` of the page before, unchanged.', [
    { field: 'after', rule: 'cursor', message: 'not a cursor' },
  ]);
}

function lineOf({ caseId, caseCode, concernId, stage, officerId, team, reviewDueAt, openedAt }: CaseEntry): CaseLine {
  return {
    caseId,
    caseCode,
    concernId,
    stage,
    officerId,
    team,
    ...(reviewDueAt ? { reviewDueAt: reviewDueAt.toISOString() } : {}),
    openedAt: openedAt.toISOString(),
  };
}
