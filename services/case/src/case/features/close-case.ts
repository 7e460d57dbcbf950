import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ArrayUnique } from 'class-validator';
import { Access, Caller, type Principal } from '@waymark/access';
import { closureReasons, type ClosureReason } from '@waymark/contracts';
import { type Call, CallOf, Code, type Done, Id, IdPipe, NestedList, Text } from '@waymark/service-kit';
import { VisibleCases } from '../visible-cases.js';
import { CaseReferrals } from '../case-referrals.js';
import { CaseChanged, caseChanged } from './case-answers.js';

export class ExplainedReferralBody {
  @Id({ description: 'A referral of this case that has not ended' }) referralId: string;
  @Text({ max: 2000, description: 'Why the case is closed all the same; sealed' }) explanation: string;
}

const referralOf = (item: unknown): unknown =>
  typeof item === 'object' && item !== null && 'referralId' in item ? item.referralId : item;

export class CloseCaseBody {
  @Code(closureReasons) closureReason: ClosureReason;
  @Text({
    optional: true,
    max: 2000,
    description: 'Needed when risk was never assessed or its review is due; sealed',
  })
  noFinalRiskBecause?: string;
  @ArrayUnique(referralOf, { message: 'openReferrals must name each referral once' })
  @NestedList(() => ExplainedReferralBody, {
    optional: true,
    max: 100,
    description: 'Every referral that has not ended, each with why',
  })
  openReferrals?: ExplainedReferralBody[];
}

export class CloseCase extends Command<Done<CaseChanged>> {
  constructor(
    readonly caseId: string,
    readonly body: CloseCaseBody,
    readonly caller: Principal,
    readonly call: Call,
  ) {
    super();
  }
}

@ApiTags('For the team of a case')
@Controller('v1/cases/:id/closure')
export class CloseCaseEndpoint {
  constructor(private readonly commands: CommandBus) {}

  @Post()
  @HttpCode(200)
  @Access('CloseCase')
  @ApiOperation({
    summary: 'Close the case: with a final risk level and no open referral, or with why not',
    description:
      'That of a client who was erased, too: reasons and explanations are asked for all the same, and not kept.',
  })
  @ApiOkResponse({ type: CaseChanged })
  handle(
    @Param('id', IdPipe) id: string,
    @Body() body: CloseCaseBody,
    @Caller() caller: Principal,
    @CallOf() call: Call,
  ) {
    return this.commands.execute(new CloseCase(id, body, caller, call));
  }
}

@CommandHandler(CloseCase)
export class CloseCaseHandler implements ICommandHandler<CloseCase> {
  constructor(
    private readonly cases: VisibleCases,
    private readonly referrals: CaseReferrals,
  ) {}

  async execute({ caseId, body, caller, call }: CloseCase) {
    const { closureReason, noFinalRiskBecause, openReferrals = [] } = body;
    return caseChanged(
      await this.cases.change(caseId, caller, call, {
        type: 'CloseCase',
        closureReason,
        ...(noFinalRiskBecause === undefined ? {} : { noFinalRiskBecause }),
        explained: openReferrals.map(({ referralId, explanation }) => ({ referralId, explanation })),
        openReferralIds: await this.referrals.openOf(caseId),
      }),
    );
  }
}
