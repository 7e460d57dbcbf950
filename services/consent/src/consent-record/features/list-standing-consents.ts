import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Access } from '@waymark/access';
import { Aggregates, Clock, Patterns, uuidForm, Views, WithoutKey } from '@waymark/service-kit';
import { consentRecordAggregate } from '../consent-record.aggregate.js';
import { overrideOf, overrideStatusOf } from '../domain/override.state.js';
import type { ConsentView } from '../projections/consent-views.js';

interface Row {
  readonly consent_id: string;
  readonly client_id: string;
  readonly is_override: boolean;
}

export class StandingConsentsBody {
  @Patterns(uuidForm, { max: 200 }) consentIds: string[];
}

export class StandingConsents {
  @ApiProperty({
    type: [String],
    description: 'Those that are in force, overrides among them; of all others nothing is said',
  })
  consentIds: string[];
}

/**
 * Which of these consents are neither withdrawn nor expired and which of these overrides are in force, of clients who are not erased, by
 * all that was acknowledged before. Ids only: who asks records what is read.
 */
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
    private readonly aggregates: Aggregates,
  ) {}

  async execute({ consentIds }: ListStandingConsents): Promise<StandingConsents> {
    await this.views.caughtUp(['consent-clocks', 'erasures']);
    const rows = await this.dataSource.query<Row[]>(
      `SELECT consent_id, client_id, is_override FROM consent_clocks WHERE consent_id = ANY($1) AND due_at > $2
         AND client_id NOT IN (SELECT client_id FROM erasures WHERE status IN ('approved', 'completed'))
       ORDER BY consent_id`,
      [consentIds, this.clock.now()],
    );
    const stand = await Promise.all(rows.map((row) => this.stands(row)));
    return { consentIds: rows.filter((_row, index) => stand[index]).map(({ consent_id }) => consent_id) };
  }

  /** Whether an override was approved, and what the client has decided since, stands in their record. */
  private async stands({ consent_id: id, client_id: clientId, is_override: isOverride }: Row): Promise<boolean> {
    if (!isOverride) return true;
    const { state } = await this.aggregates.load(consentRecordAggregate, clientId);
    const override = overrideOf(state, id);
    return override !== undefined && overrideStatusOf(override, this.clock.now()) === 'in_force';
  }
}
