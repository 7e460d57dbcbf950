import { Controller, Get, Headers, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { IdPipe } from '@waymark/service-kit';
import type { ClientHistory, VerifiedStream } from '../history/client-histories.js';
import { type Replay, Replays } from '../history/replays.js';
import { checkHistory, historyChecks } from '../replay/checks/check-history.js';
import { type Examined, faults, type Finding } from '../replay/checks/finding.js';

const checks = [...historyChecks, 'chain_intact'] as const;

export class FindingView implements Finding {
  @ApiProperty({ required: false, description: 'Place in the whole log; absent when the event is gone' })
  position?: string;
  @ApiProperty() stream: string;
  @ApiProperty({ type: 'integer' }) revision: number;
  @ApiProperty({ required: false, format: 'uuid' }) eventId?: string;
  @ApiProperty({ enum: faults }) fault: Finding['fault'];
}

export class CheckView {
  @ApiProperty({ enum: checks }) check: (typeof checks)[number];
  @ApiProperty({ enum: ['ok', 'broken'] }) outcome: 'ok' | 'broken';
  @ApiProperty({ type: 'integer', description: 'How many events, or streams, the rule speaks about' }) examined: number;
  @ApiProperty({ type: [FindingView] }) findings: readonly FindingView[];
}

export class CaseChecks {
  @ApiProperty({ format: 'uuid' }) clientId: string;
  @ApiProperty({ enum: ['ok', 'broken'] }) outcome: 'ok' | 'broken';
  @ApiProperty({ type: [CheckView] }) checks: CheckView[];
}

export class CheckCase extends Query<CaseChecks> {
  constructor(
    readonly caseId: string,
    readonly replay: Replay,
  ) {
    super();
  }
}

@ApiTags('For auditors')
@Controller('v1/cases/:id/checks')
export class CheckCaseEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Access('CheckCase')
  @ApiOperation({ summary: 'What must hold in any history, checked by replaying that of the case’s client' })
  @ApiOkResponse({ type: CaseChecks })
  read(@Param('id', IdPipe) id: string, @Caller() caller: Principal, @Headers('waymark-position') position?: string) {
    return this.queries.execute(new CheckCase(id, { caller, what: 'CheckCase', position }));
  }
}

@QueryHandler(CheckCase)
export class CheckCaseHandler implements IQueryHandler<CheckCase> {
  constructor(private readonly replays: Replays) {}

  async execute({ caseId, replay }: CheckCase): Promise<CaseChecks> {
    return checksAnswer(await this.replays.ofCase(caseId, replay));
  }
}

function checksAnswer(history: ClientHistory): CaseChecks {
  const results = { ...checkHistory(history.facts), chain_intact: chainsIntact(history) };
  const answered = checks.map((check) => ({ check, outcome: outcomeOf(results[check]), ...results[check] }));
  return {
    clientId: history.clientId,
    outcome: answered.some(({ outcome }) => outcome === 'broken') ? 'broken' : 'ok',
    checks: answered,
  };
}

const outcomeOf = ({ findings }: Examined): 'ok' | 'broken' => (findings.length > 0 ? 'broken' : 'ok');

function chainsIntact({ streams, facts }: ClientHistory): Examined {
  const broken = ({ stream, verdict }: VerifiedStream): Finding[] => {
    if (verdict.intact) return [];
    const { revision } = verdict;
    const fact = facts.find((each) => each.stream === stream && each.revision === revision);
    const place = fact ? { position: String(fact.position), eventId: fact.id } : {};
    return [{ ...place, stream, revision, fault: 'chain_broken' }];
  };
  return { examined: streams.length, findings: streams.flatMap(broken) };
}
