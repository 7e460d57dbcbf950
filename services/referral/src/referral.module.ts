import { Module } from '@nestjs/common';
import { HearOfTeamEndpoint, HearOfTeamHandler } from '@waymark/service-kit';
import { AcceptReferralEndpoint, AcceptReferralHandler } from './referral/features/accept-referral.js';
import { AcknowledgeReferralEndpoint, AcknowledgeReferralHandler } from './referral/features/acknowledge-referral.js';
import {
  AcknowledgeSuspensionEndpoint,
  AcknowledgeSuspensionHandler,
} from './referral/features/acknowledge-suspension.js';
import { ApplyWithdrawalHandler } from './referral/features/apply-withdrawal.js';
import { DeclineReferralEndpoint, DeclineReferralHandler } from './referral/features/decline-referral.js';
import { DraftReferralEndpoint, DraftReferralHandler } from './referral/features/draft-referral.js';
import { GetReferralEndpoint, GetReferralHandler } from './referral/features/get-referral.js';
import { ListReferralsEndpoint, ListReferralsHandler } from './referral/features/list-referrals.js';
import { OpenPackageEndpoint, OpenPackageHandler } from './referral/features/open-package.js';
import { SendReferralEndpoint, SendReferralHandler } from './referral/features/send-referral.js';
import { BeginServiceEndpoint, BeginServiceHandler } from './referral/features/begin-service.js';
import { CompleteReferralEndpoint, CompleteReferralHandler } from './referral/features/complete-referral.js';
import { CorrectOutcomeEndpoint, CorrectOutcomeHandler } from './referral/features/correct-outcome.js';
import { RecordClientDeclineEndpoint, RecordClientDeclineHandler } from './referral/features/record-client-decline.js';
import { RecordNonAttendanceEndpoint, RecordNonAttendanceHandler } from './referral/features/record-non-attendance.js';
import { RevokeReferralEndpoint, RevokeReferralHandler } from './referral/features/revoke-referral.js';
import { CaseTeams } from './referral/projections/case-teams/case-teams.js';
import { VisibleReferrals } from './referral/visible-referrals.js';

@Module({
  controllers: [
    DraftReferralEndpoint,
    ListReferralsEndpoint,
    GetReferralEndpoint,
    SendReferralEndpoint,
    OpenPackageEndpoint,
    AcknowledgeReferralEndpoint,
    AcceptReferralEndpoint,
    DeclineReferralEndpoint,
    AcknowledgeSuspensionEndpoint,
    BeginServiceEndpoint,
    CompleteReferralEndpoint,
    CorrectOutcomeEndpoint,
    RecordClientDeclineEndpoint,
    RecordNonAttendanceEndpoint,
    RevokeReferralEndpoint,
    HearOfTeamEndpoint,
  ],
  providers: [
    CaseTeams,
    VisibleReferrals,
    DraftReferralHandler,
    ListReferralsHandler,
    GetReferralHandler,
    SendReferralHandler,
    OpenPackageHandler,
    AcknowledgeReferralHandler,
    AcceptReferralHandler,
    DeclineReferralHandler,
    AcknowledgeSuspensionHandler,
    ApplyWithdrawalHandler,
    BeginServiceHandler,
    CompleteReferralHandler,
    CorrectOutcomeHandler,
    RecordClientDeclineHandler,
    RecordNonAttendanceHandler,
    RevokeReferralHandler,
    HearOfTeamHandler,
  ],
})
export class ReferralModule {}
