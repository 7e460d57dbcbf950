import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal } from '@waymark/access';
import { riskLevels, type RiskLevel } from '@waymark/contracts';
import { type Call, CallOf, Code, type Done, done, IdPipe, Nested, Pattern, Text } from '@waymark/service-kit';
import { VisibleCases } from '../visible-cases.js';

/** One level per domain; a domain that was not assessed is left out, which is not the same as no risk. */
export class RiskLevelsBody {
  @Code(riskLevels, { optional: true }) safety?: RiskLevel;
  @Code(riskLevels, { optional: true }) self_harm?: RiskLevel;
  @Code(riskLevels, { optional: true }) retaliation?: RiskLevel;
  @Code(riskLevels, { optional: true }) workplace?: RiskLevel;
  @Code(riskLevels, { optional: true }) family?: RiskLevel;
  @Code(riskLevels, { optional: true }) online?: RiskLevel;
}

/** Names of instruments stand in the log in the clear: a fixed form keeps prose out of them. */
const instrumentForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/;

export class AssessRiskBody {
  @Pattern(instrumentForm, { max: 50, description: 'The instrument used', example: 'desk-risk' }) instrument: string;
  @Pattern(instrumentForm, { max: 50, example: '1.0' }) instrumentVersion: string;
  @Nested(() => RiskLevelsBody, { description: 'At least one domain' }) levels: RiskLevelsBody;
  @Code(riskLevels) overall: RiskLevel;
  @Text({ optional: true, max: 10_000, description: 'What is done at once; sealed' }) immediateActions?: string;
}

export class RiskAssessed {
  @ApiProperty({ format: 'uuid' }) caseId: string;
  @ApiProperty({ format: 'uuid' }) riskAssessmentId: string;
  @ApiProperty({
    format: 'date-time',
    description: 'By the highest level, of a domain or overall: 24 hours, 7 days, 30 days, 90 days',
  })
  reviewDueAt: string;
}

export class AssessRisk extends Command<Done<RiskAssessed>> {
  constructor(
    readonly caseId: string,
    readonly body: AssessRiskBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/cases/:id/risk-assessments')
export class AssessRiskEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @Access('AssessRisk')
  @ApiOperation({ summary: 'Record a risk assessment; sets when the next one is due' })
  @ApiCreatedResponse({ type: RiskAssessed })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: AssessRiskBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new AssessRisk(id, body, caller, call));
  }
}

@CommandHandler(AssessRisk)
export class AssessRiskHandler implements ICommandHandler<AssessRisk> {
  constructor(private readonly cases: VisibleCases) {}

  async execute({ caseId, body, caller, call }: AssessRisk) {
    const written = await this.cases.change(caseId, caller, call, {
      type: 'AssessRisk',
      ...body,
      levels: { ...body.levels },
    });
    const [event] = written.events;
    if (event?.type !== 'RiskAssessed') throw new Error('assessing risk always records an assessment');
    const { riskAssessmentId, reviewDueAt } = event.data;
    return done(written, { caseId, riskAssessmentId, reviewDueAt });
  }
}
