import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiCreatedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ArrayUnique } from 'class-validator';
import { Access, Caller, type Principal } from '@waymark/access';
import {
  dataCategories,
  type DataCategory,
  purposes,
  type Purpose,
  services,
  type Service,
  units,
  type Unit,
  urgencies,
  type Urgency,
} from '@waymark/contracts';
import { Aggregates, type Call, CallOf, Code, Done, done, Id, NestedList, Refuses, Text } from '@waymark/service-kit';
import type { SealedContent } from '../domain/referral.events.js';
import { PackageSeal } from '../package/package-seal.js';
import { CaseTeams } from '../projections/case-teams/case-teams.js';
import { referralAggregate } from '../referral.aggregate.js';
import { ReferralChanged } from './referral-answers.js';

export class PackageItemBody {
  @Code(dataCategories) category: DataCategory;
  @Text({ max: 20_000 }) content: string;
}

const categoryOf = (item: unknown): unknown =>
  typeof item === 'object' && item !== null && 'category' in item ? item.category : item;

export class DraftReferralBody {
  @Id() caseId: string;
  @Code(units, { description: 'The recipient' }) unit: Unit;
  @Code(services, { description: 'What the unit is asked for' }) service: Service;
  @Code(purposes, { description: 'The purpose that the client is asked to consent to' }) purpose: Purpose;
  @Code(urgencies) urgency: Urgency;
  @ArrayUnique(categoryOf, { message: 'package must name each category once' })
  @NestedList(() => PackageItemBody, {
    min: 1,
    max: dataCategories.length,
    description: 'What the unit is to know; each category once, 256 KiB in all',
  })
  package: PackageItemBody[];
}

export class DraftReferral extends Command<Done<ReferralChanged>> {
  constructor(
    readonly body: DraftReferralBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/referrals')
export class DraftReferralEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(201)
  @Access('DraftReferral')
  @ApiOperation({
    summary: 'Put a package together for a unit; nothing leaves yet',
    description:
      'Refused with `recipient_shut_out` (409) for a unit that the reporter of the case shut out, with `case_closed` (409) while ' +
      'the case is closed.',
  })
  @ApiCreatedResponse({ type: ReferralChanged })
  @Refuses(404, 'There is no such case that you may see.')
  draft(@Body() body: DraftReferralBody, @Caller() caller: Principal, @CallOf() call: Call) {
    return this.commands.execute(new DraftReferral(body, caller, call));
  }
}

@CommandHandler(DraftReferral)
export class DraftReferralHandler implements ICommandHandler<DraftReferral> {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly teams: CaseTeams,
    private readonly seal: PackageSeal,
  ) {}

  async execute({ body, caller, call }: DraftReferral): Promise<Done<ReferralChanged>> {
    const { caseId, clientId } = await this.teams.demand(caller, 'DraftReferral', body.caseId);
    await this.teams.demandRecipient(caseId, body.unit);
    const referralId = call.commandId;
    const sealed: Partial<Record<DataCategory, SealedContent>> = {};
    for (const { category, content } of body.package)
      sealed[category] = await this.seal.seal(referralId, clientId, category, content);
    const { unit, service, purpose, urgency } = body;
    const written = await this.aggregates.change(
      referralAggregate,
      referralId,
      { type: 'DraftReferral', referralId, caseId, clientId, unit, service, purpose, urgency, package: sealed },
      { ...call, purpose },
    );
    return done(written, ReferralChanged.of(written));
  }
}
