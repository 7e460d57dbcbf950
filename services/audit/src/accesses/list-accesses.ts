import { Controller, Get, Headers, Query as QueryParams } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access, Caller, type Principal } from '@waymark/access';
import { units } from '@waymark/contracts';
import { Code, Id, MayNotExist, Moment, notFound, Pattern, ReadLog, shownPage, StaffId } from '@waymark/service-kit';
import { ClientIndex } from '../client-index/client-index.js';
import { AccessLine } from '../features/get-case-accesses.js';
import { HistoryReaders } from '../history/history-readers.js';
import { shownOf } from '../replay/accesses.js';
import { AccessEntry } from './access-entry.entity.js';
import { positionsOfListings } from './listings.js';

export class ListAccessesParams {
  @StaffId({ optional: true, description: 'Who saw it, or wanted to' }) person?: string;
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
      'By person, case, client, unit, outcome and time, in any combination. To read it is an access as well. ' +
      'What somebody is shut out of is not in it for them.',
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

interface Asked {
  readonly clientId?: string;
  readonly streams: readonly string[];
}
const nobody: Asked = { streams: [] };

@QueryHandler(ListAccesses)
export class ListAccessesHandler implements IQueryHandler<ListAccesses> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly index: ClientIndex,
    private readonly readers: HistoryReaders,
    private readonly reads: ReadLog,
  ) {}

  async execute({ caller, params, position }: ListAccesses): Promise<Accesses> {
    const asked = await this.askedAbout(params, position);
    if (asked && !(await this.isThere(caller, asked))) return this.refuse(caller, params);
    await this.reads.read({
      principal: caller,
      stream: await this.resourceOf(params),
      ...(asked?.clientId === undefined ? {} : { clientId: asked.clientId }),
      what: 'ListAccesses',
      ground: 'auditor',
    });
    const ofClient = asked && new Set(asked.streams);
    return shownPage({
      limit: Number(params.limit ?? 100),
      after: params.after,
      page: async (after, limit) => {
        const entries = await this.page(params, asked?.streams, after, limit);
        const known = await this.readers.knownAmong(caller, entries);
        return entries.map(({ position }) => ({ position, known: known.get(position) }));
      },
      show: ({ known }) => {
        const line = known && lineOf(known);
        return line && ofClient ? shownOf(line, ofClient) : line;
      },
      cursorOf: ({ position }) => position,
    });
  }

  /**
   * Undefined: about nobody in particular; without streams: about nobody who is there. Waits in any case until the views have seen the
   * log to its end: audit answers nothing half.
   */
  private async askedAbout({ caseId, clientId }: ListAccessesParams, position?: string): Promise<Asked | undefined> {
    await this.index.caughtUp(position);
    if (caseId === undefined) return clientId === undefined ? undefined : this.asked(clientId);
    const ofCase = await this.index.clientOfCase(caseId);
    if (ofCase === undefined || (clientId !== undefined && clientId !== ofCase)) return nobody;
    return this.asked(ofCase);
  }

  private async asked(clientId: string): Promise<Asked> {
    return { clientId, streams: await this.index.streamsOf(clientId) };
  }

  private async isThere(caller: Principal, { streams }: Asked): Promise<boolean> {
    return streams.length > 0 && (await this.readers.isKnown(caller, streams));
  }

  /** Recorded alike for what is hidden and for what does not exist: by what was asked for, and nothing else. */
  private async refuse(caller: Principal, params: ListAccessesParams): Promise<never> {
    const { caseId, clientId } = params;
    await this.reads.read({
      ...{
        principal: caller,
        stream: await this.resourceOf(params),
        what: 'ListAccesses',
        ground: 'none',
        refused: true,
      },
      ...(caseId === undefined && clientId !== undefined ? { clientId } : {}),
    });
    throw notFound();
  }

  /**
   * What the auditor's own access is recorded against: the case, client or person asked for, else the log as a whole. Also for a person of
   * whom the log says nothing: what was typed in the place of an id is not to stand in the clear.
   */
  private async resourceOf({ caseId, clientId, person }: ListAccessesParams): Promise<string> {
    if (caseId !== undefined) return `case-${caseId}`;
    if (clientId !== undefined) return `client-${clientId}`;
    const isId = person !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(person);
    const isKnown = isId && (await this.dataSource.getRepository(AccessEntry).existsBy({ personId: person }));
    return isKnown ? `person-${person}` : 'accesses-all';
  }

  private page(
    { person, unit, outcome, grantId, from, to }: ListAccessesParams,
    streams: readonly string[] | undefined,
    after: string | undefined,
    limit: number,
  ) {
    const query = this.dataSource
      .getRepository(AccessEntry)
      .createQueryBuilder('a')
      .where('a.position > :after::bigint', { after: after ?? '0' })
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
