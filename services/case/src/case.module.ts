import { Module } from '@nestjs/common';
import { AddTeamMemberEndpoint, AddTeamMemberHandler } from './case/features/add-team-member.js';
import { AssessRiskEndpoint, AssessRiskHandler } from './case/features/assess-risk.js';
import { AssignOfficerEndpoint, AssignOfficerHandler } from './case/features/assign-officer.js';
import { BreakGlassEndpoint, BreakGlassHandler } from './case/features/break-glass.js';
import { CaseReferrals } from './case/case-referrals.js';
import { CloseCaseEndpoint, CloseCaseHandler } from './case/features/close-case.js';
import { ConfirmOpeningHandler } from './case/features/confirm-opening.js';
import { GetCaseEndpoint, GetCaseHandler } from './case/features/get-case.js';
import { GetEmergencyAccessEndpoint, GetEmergencyAccessHandler } from './case/features/get-emergency-access.js';
import { LinkCaseHandler } from './case/features/link-case.js';
import { ListCasesEndpoint, ListCasesHandler } from './case/features/list-cases.js';
import {
  ListEmergencyAccessesEndpoint,
  ListEmergencyAccessesHandler,
} from './case/features/list-emergency-accesses.js';
import { ListNotesEndpoint, ListNotesHandler } from './case/features/list-notes.js';
import { MoveStageEndpoint, MoveStageHandler } from './case/features/move-stage.js';
import { VisibleCases } from './case/visible-cases.js';
import { OpenCaseHandler } from './case/features/open-case.js';
import { RecuseOfficerEndpoint, RecuseOfficerHandler } from './case/features/recuse-officer.js';
import { RemoveTeamMemberEndpoint, RemoveTeamMemberHandler } from './case/features/remove-team-member.js';
import { ReopenCaseEndpoint, ReopenCaseHandler } from './case/features/reopen-case.js';
import {
  ReviewEmergencyAccessEndpoint,
  ReviewEmergencyAccessHandler,
} from './case/features/review-emergency-access.js';
import { RingEmergencyReviewHandler } from './case/features/run-emergency-review-clocks.js';
import { WriteNoteEndpoint, WriteNoteHandler } from './case/features/write-note.js';

@Module({
  controllers: [
    ListCasesEndpoint,
    GetCaseEndpoint,
    AssignOfficerEndpoint,
    AddTeamMemberEndpoint,
    RemoveTeamMemberEndpoint,
    RecuseOfficerEndpoint,
    MoveStageEndpoint,
    CloseCaseEndpoint,
    ReopenCaseEndpoint,
    AssessRiskEndpoint,
    WriteNoteEndpoint,
    ListNotesEndpoint,
    BreakGlassEndpoint,
    ListEmergencyAccessesEndpoint,
    GetEmergencyAccessEndpoint,
    ReviewEmergencyAccessEndpoint,
  ],
  providers: [
    VisibleCases,
    CaseReferrals,
    OpenCaseHandler,
    ConfirmOpeningHandler,
    LinkCaseHandler,
    ListCasesHandler,
    GetCaseHandler,
    AssignOfficerHandler,
    AddTeamMemberHandler,
    RemoveTeamMemberHandler,
    RecuseOfficerHandler,
    MoveStageHandler,
    CloseCaseHandler,
    ReopenCaseHandler,
    AssessRiskHandler,
    WriteNoteHandler,
    ListNotesHandler,
    BreakGlassHandler,
    ListEmergencyAccessesHandler,
    GetEmergencyAccessHandler,
    ReviewEmergencyAccessHandler,
    RingEmergencyReviewHandler,
  ],
})
export class CaseModule {}
