import { Module } from '@nestjs/common';
import { HearOfTeamEndpoint, HearOfTeamHandler } from '@waymark/service-kit';
import { ClientTeams } from './consent-record/client-teams.js';
import { ErasureReaders } from './consent-record/erasure-readers.js';
import { ApproveErasureEndpoint, ApproveErasureHandler } from './consent-record/features/approve-erasure.js';
import { ApproveOverrideEndpoint, ApproveOverrideHandler } from './consent-record/features/approve-override.js';
import { ChangeOverrideHandler } from './consent-record/features/change-override.js';
import { DeclineOverrideEndpoint, RevokeOverrideEndpoint } from './consent-record/features/end-override.js';
import { DelayInformingOfOverrideEndpoint } from './consent-record/features/delay-informing-of-override.js';
import { InformClientOfOverrideEndpoint } from './consent-record/features/inform-client-of-override.js';
import {
  ListStandingConsentsEndpoint,
  ListStandingConsentsHandler,
} from './consent-record/features/list-standing-consents.js';
import { ListOverridesEndpoint, ListOverridesHandler } from './consent-record/features/list-overrides.js';
import { ListApprovalsEndpoint, ListApprovalsHandler } from './consent-record/features/list-approvals.js';
import { RequestOverrideEndpoint, RequestOverrideHandler } from './consent-record/features/request-override.js';
import { DeclineErasureEndpoint, DeclineErasureHandler } from './consent-record/features/decline-erasure.js';
import { DemandErasureHandler } from './consent-record/features/demand-erasure.js';
import { ConfirmErasureHandler } from './consent-record/features/confirm-erasure.js';
import { GetErasureEndpoint, GetErasureHandler, GetMyErasureEndpoint } from './consent-record/features/get-erasure.js';
import { LiftLegalHoldEndpoint, LiftLegalHoldHandler } from './consent-record/features/lift-legal-hold.js';
import { PlaceLegalHoldEndpoint, PlaceLegalHoldHandler } from './consent-record/features/place-legal-hold.js';
import { RequestDueErasuresHandler } from './consent-record/features/request-due-erasures.js';
import {
  RequestErasureEndpoint,
  RequestErasureHandler,
  RequestMyErasureEndpoint,
} from './consent-record/features/request-erasure.js';
import { RequestErasureForConcernHandler } from './consent-record/features/request-erasure-for-concern.js';
import {
  AuthorizeDisclosureEndpoint,
  AuthorizeDisclosureHandler,
} from './consent-record/features/authorize-disclosure.js';
import { GetDecisionEndpoint, GetDecisionHandler } from './consent-record/features/get-decision.js';
import { GiveConsentEndpoint, GiveConsentHandler } from './consent-record/features/give-consent.js';
import {
  ListConsentsEndpoint,
  ListConsentsHandler,
  ListMyConsentsEndpoint,
} from './consent-record/features/list-consents.js';
import { GetMyLedgerHandler, MyLedgerEndpoint } from './consent-record/features/my-ledger.js';
import { RefuseConsentEndpoint, RefuseConsentHandler } from './consent-record/features/refuse-consent.js';
import { EraseLinkedHandler } from './consent-record/features/erase-linked.js';
import { LinkClientsHandler } from './consent-record/features/link-clients.js';
import { ResumeRetentionHandler } from './consent-record/features/resume-retention.js';
import { RequestSuspensionsHandler } from './consent-record/features/request-suspensions.js';
import { ExpireConsentHandler } from './consent-record/features/run-consent-clocks.js';
import {
  WithdrawConsentEndpoint,
  WithdrawConsentHandler,
  WithdrawMyConsentEndpoint,
} from './consent-record/features/withdraw-consent.js';
import {
  WithdrawErasureRequestEndpoint,
  WithdrawErasureRequestHandler,
  WithdrawMyErasureRequestEndpoint,
} from './consent-record/features/withdraw-erasure-request.js';

@Module({
  controllers: [
    GiveConsentEndpoint,
    RefuseConsentEndpoint,
    WithdrawConsentEndpoint,
    ListConsentsEndpoint,
    GetDecisionEndpoint,
    AuthorizeDisclosureEndpoint,
    ListStandingConsentsEndpoint,
    ListMyConsentsEndpoint,
    WithdrawMyConsentEndpoint,
    MyLedgerEndpoint,
    RequestOverrideEndpoint,
    ApproveOverrideEndpoint,
    DeclineOverrideEndpoint,
    RevokeOverrideEndpoint,
    DelayInformingOfOverrideEndpoint,
    InformClientOfOverrideEndpoint,
    ListOverridesEndpoint,
    ListApprovalsEndpoint,
    RequestErasureEndpoint,
    RequestMyErasureEndpoint,
    PlaceLegalHoldEndpoint,
    LiftLegalHoldEndpoint,
    ApproveErasureEndpoint,
    DeclineErasureEndpoint,
    WithdrawErasureRequestEndpoint,
    WithdrawMyErasureRequestEndpoint,
    GetErasureEndpoint,
    GetMyErasureEndpoint,
    HearOfTeamEndpoint,
  ],
  providers: [
    ClientTeams,
    ErasureReaders,
    GiveConsentHandler,
    RefuseConsentHandler,
    WithdrawConsentHandler,
    ListConsentsHandler,
    GetDecisionHandler,
    AuthorizeDisclosureHandler,
    ListStandingConsentsHandler,
    GetMyLedgerHandler,
    RequestOverrideHandler,
    ApproveOverrideHandler,
    ChangeOverrideHandler,
    ListOverridesHandler,
    ListApprovalsHandler,
    RequestSuspensionsHandler,
    LinkClientsHandler,
    EraseLinkedHandler,
    ExpireConsentHandler,
    RequestErasureHandler,
    RequestErasureForConcernHandler,
    PlaceLegalHoldHandler,
    LiftLegalHoldHandler,
    ApproveErasureHandler,
    DeclineErasureHandler,
    DemandErasureHandler,
    ResumeRetentionHandler,
    WithdrawErasureRequestHandler,
    ConfirmErasureHandler,
    GetErasureHandler,
    RequestDueErasuresHandler,
    HearOfTeamHandler,
  ],
})
export class ConsentModule {}
