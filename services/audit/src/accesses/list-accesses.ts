import { Controller, Get, Headers, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access, Caller, type Principal } from '@waymark/access';
import { staffIdPattern, units } from '@waymark/contracts';
import { Code, Id, MayNotExist, Moment, notFound, Pattern, ReadLog } from '@waymark/service-kit';
import { ClientIndex } from '../client-index/client-index.js';
import { AccessLine } from '../features/get-case-accesses.js';
import { shownOf } from '../replay/accesses.js';
import { AccessEntry } from './access-entry.entity.js';
import { positionsOfListings } from './listings.js';

export class ListAccessesParams {
  @Pattern(staffIdPattern, { optional: true, max: 255, description: 'Who saw it, or wanted to' }) person?: string;
  @Id({ optional: true, description: 'What is about the client of this case' }) caseId?: string;
  @Id({ optional: true, description: 'What is about this client' }) clientId?: string;
  @Code(units, { optional: true, description: 'Unit of whoever saw it' }) unit?: string;
  @Code(['allowed', 'refused'], { optional: true }) outcome?: 'allowed' | 'refused';
  @Id({ optional: true, description: 'Under this emergency access, its beginning included' }) grantId?: string;
  @Moment({ optional: true, description: 'Recorded at or after' }) from?: string;
  @Moment({ optional: true, description: 'Recorded before' }) to?: string;
  @Pattern(/^\d{1,18}$/, { optional: true, description: '`next` of the page before' }) after?: string;
  @Pattern(/^([1-9]\d|[1-4]\d\d|500)$/, { optional: true, description: '10 to 500, 100 when left out' }) limit?: string;
}

export class Accesses {
  @ApiProperty({ type: [AccessLine], description: 'In the order of the log' }) items: AccessLine[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

export class ListAccesses extends Query<Accesses> {
  constructor(
    readonly caller: Principal,
    readonly params: ListAccessesParams,
    readonly position: string | undefined,
  ) {
    super();
  }
}

@ApiTags('For auditors')
@Controller('v1/accesses')
export class ListAccessesEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ListAccesses')
  @ApiOperation({
    summary: 'The access log: who saw what, when, why and on which ground; refusals too',
    description:
      'By person, case, client, unit, outcome and time, in any combination. To read it is an access as well.',
  })
  @MayNotExist()
  @ApiOkResponse({ type: Accesses })
  list(
    @Caller() caller: Principal,
    @QueryParams() params: ListAccessesParams,
    @Headers('waymark-position') position?: string,
  ) {
    return this.queries.execute(new ListAccesses(caller, params, position));
  }
}

@QueryHandler(ListAccesses)
export class ListAccessesHandler implements IQueryHandler<ListAccesses> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly index: ClientIndex,
    private readonly reads: ReadLog,
  ) {}

  async execute({ caller, params, position }: ListAccesses): Promise<Accesses> {
    const clientId = await this.clientAskedFor(params, position);
    const streams = clientId === undefined ? undefined : await this.index.streamsOf(clientId);
    if (streams?.length === 0) throw notFound();
    await this.reads.read({
      principal: caller,
      stream: resourceOf(params),
      ...(clientId === undefined ? {} : { clientId }),
      what: 'ListAccesses',
      ground: 'auditor',
      purpose: 'audit',
    });
    const limit = Number(params.limit ?? 100);
    const rows = await this.page(params, streams, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const ofClient = streams && new Set(streams);
    const items = shown.map(lineOf).map((line) => (ofClient ? shownOf(line, ofClient) : line));
    return { items, ...(rows.length > limit && last ? { next: last.position } : {}) };
  }

  /** Waits in any case until the views have seen the log to its end: audit answers nothing half. */
  private async clientAskedFor({ caseId, clientId }: ListAccessesParams, position?: string) {
    if (caseId === undefined) {
      await this.index.caughtUp(position);
      return clientId;
    }
    const ofCase = await this.index.clientOfCase(caseId, position);
    if (ofCase === undefined || (clientId !== undefined && clientId !== ofCase)) throw notFound();
    return ofCase;
  }

  private page(params: ListAccessesParams, streams: readonly string[] | undefined, limit: number) {
    const { person, unit, outcome, grantId, from, to, after = '0' } = params;
    const query = this.dataSource
      .getRepository(AccessEntry)
      .createQueryBuilder('a')
      .where('a.position > :after::bigint', { after })
      .orderBy('a.position')
      .limit(limit);
    if (streams) query.andWhere(`a.position = ANY(ARRAY(${positionsOf}))`, { streams });
    if (person) query.andWhere('a.person_id = :person', { person });
    if (unit) query.andWhere('a.unit = :unit', { unit });
    if (outcome) query.andWhere('a.outcome = :outcome', { outcome });
    if (grantId)
      query.andWhere("a.ground LIKE 'break_glass:%' AND a.ground = :ground", { ground: `break_glass:${grantId}` });
    if (from) query.andWhere('a.recorded_at >= :from', { from });
    if (to) query.andWhere('a.recorded_at < :to', { to });
    return query.getMany();
  }
}

/** Of what is about one of `:streams`, and of the lists that showed one. */
const positionsOf = `SELECT position FROM accesses WHERE stream = ANY(:streams) UNION ${positionsOfListings}`;

/** What the auditor's own access is recorded against: the case, client or person asked for, else the log as a whole. */
function resourceOf({ caseId, clientId, person }: ListAccessesParams): string {
  if (caseId !== undefined) return `case-${caseId}`;
  if (clientId !== undefined) return `client-${clientId}`;
  return person !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(person) ? `person-${person}` : 'accesses-all';
}

const lineOf = (entry: AccessEntry): AccessLine => {
  const { personKind, personId, recordedAt, occurredAt, unit, resource, shown, categories, purpose, ground, ...rest } =
    entry;
  const { consentId, disclosureId, stream: _stream, ...plain } = rest;
  return {
    ...plain,
    recordedAt: recordedAt.toISOString(),
    occurredAt: occurredAt.toISOString(),
    who: { kind: personKind, id: personId },
    ...(unit === null ? {} : { unit }),
    ...(resource === null ? {} : { resource }),
    ...(shown === null ? {} : { shown }),
    ...(categories === null ? {} : { categories }),
    ...(purpose === null ? {} : { purpose }),
    ...(ground === null ? {} : { ground }),
    ...(consentId === null ? {} : { consentId }),
    ...(disclosureId === null ? {} : { disclosureId }),
  };
};
