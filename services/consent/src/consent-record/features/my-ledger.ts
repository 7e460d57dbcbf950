import { Controller, Get, Headers, Query as QueryParams, Res } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import type { FastifyReply } from 'fastify';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { type Language, languages } from '@waymark/contracts';
import { Aggregates, Clock, Id, Pattern, Problem, ReadLog } from '@waymark/service-kit';
import { ClientTeams } from '../client-teams.js';
import { linkedRecords } from '../linked-records.js';
import { nosOf } from '../nos-of-a-client.js';
import { languageFor } from './client-language.js';
import { clientIdOf } from './client-receipt.js';
import { LedgerLine, ledgerLineOf } from './ledger-line.js';

export class MyLedgerParams {
  @Pattern(/^([1-9]\d?|100)$/, { optional: true, description: '1 to 100, 50 when left out' }) limit?: string;
  @Id({ optional: true, description: '`next` of the page before' }) after?: string;
}

export class Ledger {
  @ApiProperty({ enum: languages, description: 'Of the words: the one of these that `Accept-Language` prefers' })
  language: Language;
  @ApiProperty({ type: [LedgerLine], description: 'The newest first.' }) items: LedgerLine[];
  @ApiProperty({ required: false, description: 'Pass as `after` for the next page; absent on the last.' })
  next?: string;
}

export class GetMyLedger extends Query<Ledger> {
  constructor(
    readonly clientId: string,
    readonly caller: Principal,
    readonly params: MyLedgerParams,
    readonly language: Language,
  ) {
    super();
  }
}

@ApiTags('For clients')
@Controller('v1/my-ledger')
export class MyLedgerEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('ReadMyLedger')
  @ApiOperation({ summary: 'What has been disclosed about me: what, to whom, why, when, under which consent' })
  @ApiHeader({ name: 'accept-language', required: false, description: 'Which language the words are in' })
  @ApiOkResponse({ type: Ledger })
  read(
    @Caller() caller: Principal,
    @QueryParams() params: MyLedgerParams,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept-language') preferred?: string,
  ) {
    const language = languageFor(preferred);
    void reply.headers({ 'content-language': language, vary: 'accept-language' });
    return this.queries.execute(new GetMyLedger(clientIdOf(caller), caller, params, language));
  }
}

@QueryHandler(GetMyLedger)
export class GetMyLedgerHandler implements IQueryHandler<GetMyLedger> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly reads: ReadLog,
    private readonly teams: ClientTeams,
    private readonly clock: Clock,
  ) {}

  async execute({ clientId, caller, params, language }: GetMyLedger): Promise<Ledger> {
    const ground = await this.teams.demand(caller, 'ReadMyLedger', clientId);
    const records = await linkedRecords(this.aggregates, clientId);
    await this.reads.read({
      principal: caller,
      stream: `consent-${clientId}`,
      clientId,
      what: 'GetMyLedger',
      ground,
    });
    const now = this.clock.now();
    const nos = nosOf(records);
    const lines = records
      .flatMap(({ history, record }) => history.map((entry) => ({ entry, told: { record, nos, language, now } })))
      .toSorted((one, other) => (one.entry.recorded.position < other.entry.recorded.position ? 1 : -1))
      .flatMap(({ entry, told }) => ledgerLineOf(entry, told));
    const start = params.after === undefined ? 0 : lines.findIndex((line) => line.disclosureId === params.after) + 1;
    if (params.after !== undefined && start === 0)
      throw new Problem(422, 'invalid_input', 'Pass `next` of the page before, unchanged.', [
        { field: 'after', rule: 'cursor', message: 'not a cursor' },
      ]);
    const items = lines.slice(start, start + Number(params.limit ?? 50));
    const last = items.at(-1);
    return { language, items, ...(last && start + items.length < lines.length ? { next: last.disclosureId } : {}) };
  }
}
