import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access } from '@waymark/access';
import { Clock, Patterns, uuidForm, Views, WithoutKey } from '@waymark/service-kit';
import type { ConsentView } from '../projections/consent-views.js';

export class StandingConsentsBody {
  @Patterns(uuidForm, { max: 200 }) consentIds: string[];
}

export class StandingConsents {
  @ApiProperty({ type: [String], description: 'Those that are in force; of all others nothing is said' })
  consentIds: string[];
}

/** Which of these consents are neither withdrawn nor expired, of clients who are not erased, by all that was acknowledged before. Ids only: who asks records what is read. */
export class ListStandingConsents extends Query<StandingConsents> {
  constructor(readonly consentIds: readonly string[]) {
    super();
  }
}

@ApiTags('For services')
@Controller('v1/standing-consents')
export class ListStandingConsentsEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Post()
  @HttpCode(200)
  @WithoutKey()
  @Access('ListStandingConsents')
  @ApiOperation({
    summary: 'Which of these consents are in force now',
    description: 'For showing what was disclosed under them before. Whoever discloses asks for the disclosure itself.',
  })
  @ApiOkResponse({ type: StandingConsents })
  list(@Body() { consentIds }: StandingConsentsBody) {
    return this.queries.execute(new ListStandingConsents(consentIds));
  }
}

@QueryHandler(ListStandingConsents)
export class ListStandingConsentsHandler implements IQueryHandler<ListStandingConsents> {
  constructor(
    private readonly dataSource: DataSource,
    private readonly views: Views<ConsentView>,
    private readonly clock: Clock,
  ) {}

  async execute({ consentIds }: ListStandingConsents): Promise<StandingConsents> {
    await this.views.caughtUp(['consent-clocks', 'erasures']);
    const rows = await this.dataSource.query<{ consent_id: string }[]>(
      `SELECT consent_id FROM consent_clocks WHERE consent_id = ANY($1) AND due_at > $2
         AND client_id NOT IN (SELECT client_id FROM erasures WHERE status IN ('approved', 'completed'))
       ORDER BY consent_id`,
      [consentIds, this.clock.now()],
    );
    return { consentIds: rows.map(({ consent_id }) => consent_id) };
  }
}
