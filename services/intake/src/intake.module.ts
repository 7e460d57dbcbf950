import { Module } from '@nestjs/common';
import { HearOfTeamEndpoint } from '@waymark/service-kit';
import { EndDueRetentionsHandler } from './concern/features/end-retention.js';
import { AcceptConcernEndpoint, AcceptConcernHandler } from './concern/features/accept-concern.js';
import { AllocateConcernEndpoint, AllocateConcernHandler } from './concern/features/allocate-concern.js';
import { EndReceiptSessionEndpoint } from './concern/features/end-receipt-session.js';
import { ErasePersonHandler } from './concern/features/erase-person.js';
import { FindSameContactEndpoint, FindSameContactHandler } from './concern/features/find-same-contact.js';
import {
  GetEmergencyAccessToConcernEndpoint,
  GetEmergencyAccessToConcernHandler,
} from './concern/features/get-emergency-access.js';
import { GetConcernEndpoint, GetConcernHandler } from './concern/features/get-concern.js';
import { ListDutyStationsEndpoint } from './concern/features/list-duty-stations.js';
import { GiveGuidanceEndpoint, GiveGuidanceHandler } from './concern/features/give-guidance.js';
import { HearOfCaseHandler } from './concern/features/hear-of-case.js';
import { HearOfTeamOfConcernHandler } from './concern/features/hear-of-team.js';
import { IssueClientReceiptEndpoint, IssueClientReceiptHandler } from './concern/features/issue-client-receipt.js';
import { LinkConcernToClientEndpoint, LinkConcernToClientHandler } from './concern/features/link-concern-to-client.js';
import { ListConcernsEndpoint, ListConcernsHandler } from './concern/features/list-concerns.js';
import { GetMyConcernHandler, MyConcernEndpoint, SendReporterMessageHandler } from './concern/features/my-concern.js';
import { OpenReceiptSessionEndpoint } from './concern/features/open-receipt-session.js';
import { RecordFirstResponseEndpoint, RecordFirstResponseHandler } from './concern/features/record-first-response.js';
import { RegisterContactEndpoint, RegisterContactHandler } from './concern/features/register-contact.js';
import { ReplaceReceiptEndpoint, ReplaceReceiptHandler } from './concern/features/replace-receipt.js';
import { RequestCaseHandler } from './concern/features/request-case.js';
import {
  RequestErasureAsReporterEndpoint,
  RequestReporterErasureEndpoint,
  RequestReporterErasureHandler,
} from './concern/features/request-reporter-erasure.js';
import { RingResponseClockHandler } from './concern/features/run-response-clocks.js';
import { SendOfficerMessageEndpoint, SendOfficerMessageHandler } from './concern/features/send-officer-message.js';
import { SubmitConcernEndpoint, SubmitConcernHandler } from './concern/features/submit-concern.js';
import { RequestClientLinkHandler, SettleClientLinkHandler } from './concern/features/take-link-along.js';
import { TriageConcernEndpoint, TriageConcernHandler } from './concern/features/triage-concern.js';
import { UpgradeReceiptHandler } from './concern/features/upgrade-receipt.js';
import { ConcernMarks } from './concern/concern-marks.js';
import { VisibleConcerns } from './concern/visible-concerns.js';
import { RevocationList } from './revocations/revocation-list.js';
import { RevokeAccessEndpoint } from './revocations/revoke-access.js';

@Module({
  controllers: [
    SubmitConcernEndpoint,
    RegisterContactEndpoint,
    OpenReceiptSessionEndpoint,
    EndReceiptSessionEndpoint,
    MyConcernEndpoint,
    ListDutyStationsEndpoint,
    ListConcernsEndpoint,
    GetConcernEndpoint,
    GetEmergencyAccessToConcernEndpoint,
    FindSameContactEndpoint,
    AllocateConcernEndpoint,
    SendOfficerMessageEndpoint,
    RecordFirstResponseEndpoint,
    TriageConcernEndpoint,
    GiveGuidanceEndpoint,
    AcceptConcernEndpoint,
    LinkConcernToClientEndpoint,
    IssueClientReceiptEndpoint,
    ReplaceReceiptEndpoint,
    RequestReporterErasureEndpoint,
    RequestErasureAsReporterEndpoint,
    RevokeAccessEndpoint,
    HearOfTeamEndpoint,
  ],
  providers: [
    ConcernMarks,
    VisibleConcerns,
    RevocationList,
    SubmitConcernHandler,
    RegisterContactHandler,
    GetMyConcernHandler,
    SendReporterMessageHandler,
    ListConcernsHandler,
    GetConcernHandler,
    GetEmergencyAccessToConcernHandler,
    FindSameContactHandler,
    AllocateConcernHandler,
    SendOfficerMessageHandler,
    RecordFirstResponseHandler,
    TriageConcernHandler,
    GiveGuidanceHandler,
    AcceptConcernHandler,
    LinkConcernToClientHandler,
    RequestClientLinkHandler,
    SettleClientLinkHandler,
    IssueClientReceiptHandler,
    ReplaceReceiptHandler,
    RingResponseClockHandler,
    RequestCaseHandler,
    UpgradeReceiptHandler,
    HearOfCaseHandler,
    RequestReporterErasureHandler,
    ErasePersonHandler,
    EndDueRetentionsHandler,
    HearOfTeamOfConcernHandler,
  ],
})
export class IntakeModule {}
