import { Controller, Get, Header, Param } from '@nestjs/common';
import { type IQueryHandler, Query, QueryBus, QueryHandler } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiProperty, ApiTags } from '@nestjs/swagger';
import { Access, Caller, type Principal, purposeStatedBy } from '@waymark/access';
import {
  dataCategories,
  type DataCategory,
  declineReasons,
  purposes,
  referralOutcomes,
  referralStatuses,
  services,
  units,
  urgencies,
} from '@waymark/contracts';
import { IdPipe, ReadLog } from '@waymark/service-kit';
import { allowedBy, type Referral } from '../domain/referral.state.js';
import { ConsentDoor } from '../../integration/consent-door.js';
import { underConsent, unitMayRead, whileItMay, whyWithheld } from '../unit-may-read.js';
import { VisibleReferrals } from '../visible-referrals.js';

export class ReferralView {
  @ApiProperty({ format: 'uuid' }) referralId: string;
  @ApiProperty({ enum: units }) unit: string;
  @ApiProperty({ required: false, enum: services, description: whileItMay }) service?: string;
  @ApiProperty({ required: false, enum: purposes, description: whileItMay }) purpose?: string;
  @ApiProperty({ required: false, enum: urgencies, description: whileItMay }) urgency?: string;
  @ApiProperty({ enum: referralStatuses }) status: string;
  @ApiProperty({
    enum: dataCategories,
    isArray: true,
    required: false,
    description: `What was sent; for the team, before: what is drafted. ${whileItMay}`,
  })
  categories?: DataCategory[];
  @ApiProperty({ required: false, format: 'date-time' }) sentAt?: string;
  @ApiProperty({ required: false }) sentBy?: string;
  @ApiProperty({ required: false, format: 'date-time' }) acknowledgeBy?: string;
  @ApiProperty({ required: false, format: 'date-time' }) acknowledgedAt?: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'Accepted or declined' }) decidedAt?: string;
  @ApiProperty({ required: false, enum: declineReasons }) declineReason?: string;
  @ApiProperty({ required: false, enum: referralOutcomes, description: 'Of a completed referral' }) outcome?: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'Completed, not attended, revoked or declined' })
  endedAt?: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'Nothing can be opened since' })
  consentWithdrawnAt?: string;
  @ApiProperty({ required: false, format: 'date-time' }) suspendedAt?: string;
  @ApiProperty({ required: false, enum: ['consent_withdrawn'], description: 'To be acknowledged by the unit' })
  notice?: 'consent_withdrawn';
  @ApiProperty({ required: false, enum: ['consent_unreachable'], description: whyWithheld })
  withheld?: 'consent_unreachable';
  @ApiProperty({ required: false, format: 'uuid', description: 'For the team only' }) caseId?: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'For the team only' }) clientId?: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'For the team only: the consent that allowed it' })
  consentId?: string;
  @ApiProperty({ required: false, format: 'uuid', description: 'For the team only: or the override that did' })
  overrideId?: string;
  @ApiProperty({ required: false, description: 'For the team only' }) draftedBy?: string;
  @ApiProperty({ required: false, format: 'date-time', description: 'For the team only' }) draftedAt?: string;
}

export class GetReferral extends Query<ReferralView> {
  constructor(
    readonly referralId: string,
    readonly caller: Principal,
  ) {
    super();
  }
}

@ApiTags('For the team of a case', 'For the unit')
@Controller('v1/referrals/:id')
export class GetReferralEndpoint {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Access('ReadReferral')
  @ApiOperation({ summary: 'Where a referral stands; its package is opened by an act of its own' })
  @ApiOkResponse({ type: ReferralView })
  read(@Param('id', IdPipe) id: string, @Caller() caller: Principal) {
    return this.queries.execute(new GetReferral(id, caller));
  }
}

@QueryHandler(GetReferral)
export class GetReferralHandler implements IQueryHandler<GetReferral> {
  constructor(
    private readonly referrals: VisibleReferrals,
    private readonly consentDoor: ConsentDoor,
    private readonly reads: ReadLog,
  ) {}

  async execute({ referralId, caller }: GetReferral): Promise<ReferralView> {
    const { referral, ground } = await this.referrals.find(caller, 'ReadReferral', referralId);
    const { clientId } = referral;
    const purpose = purposeStatedBy(caller) ?? referral.purpose;
    const stream = `referral-${referralId}`;
    await this.reads.read({ principal: caller, stream, clientId, what: 'GetReferral', ground, purpose });
    if (ground === 'team') return { ...standingOf(referral), ...contentsOf(referral), ...forTeam(referral) };
    return { ...standingOf(referral), ...(await this.contentsForUnit(referral)) };
  }

  private async contentsForUnit(referral: Referral): Promise<Partial<ReferralView>> {
    if (!unitMayRead(referral)) return {};
    const sentUnder = referral.sending && allowedBy(referral.sending);
    const found = underConsent(
      sentUnder,
      await this.consentDoor.standingAmong(sentUnder === undefined ? [] : [sentUnder]),
    );
    if (found === 'unknown') return { withheld: 'consent_unreachable' };
    return found === 'stands' ? contentsOf(referral) : {};
  }
}

/** What a unit may always see, also to stop when the consent is withdrawn: nothing that leads to the case or to the client's matters. */
function standingOf(referral: Referral): ReferralView {
  const { sending, suspension, acknowledgedAt, decidedAt, declineReason, outcome, endedAt } = referral;
  const { referralId, unit, status } = referral;
  return {
    ...{ referralId, unit, status },
    ...(sending ? { sentAt: sending.sentAt, sentBy: sending.sentBy } : {}),
    ...(acknowledgedAt ? { acknowledgedAt } : {}),
    ...(decidedAt ? { decidedAt } : {}),
    ...(declineReason ? { declineReason } : {}),
    ...(outcome ? { outcome } : {}),
    ...(endedAt ? { endedAt } : {}),
    ...(suspension ? { consentWithdrawnAt: suspension.withdrawnAt, suspendedAt: suspension.suspendedAt } : {}),
    ...(suspension && !suspension.acknowledged ? { notice: 'consent_withdrawn' } : {}),
  };
}

/** What it is about. */
const contentsOf = ({ service, purpose, urgency, categories, sending }: Referral): Partial<ReferralView> => ({
  ...{ service, purpose, urgency },
  categories: [...(sending?.categories ?? categories)],
  // By this and the moment of sending the urgency is known.
  ...(sending ? { acknowledgeBy: sending.acknowledgeBy } : {}),
});

const forTeam = ({ caseId, clientId, sending, draftedBy, draftedAt }: Referral): Partial<ReferralView> => ({
  ...{ caseId, clientId, draftedBy, draftedAt },
  ...(sending?.consentId === undefined ? {} : { consentId: sending.consentId }),
  ...(sending?.overrideId === undefined ? {} : { overrideId: sending.overrideId }),
});
