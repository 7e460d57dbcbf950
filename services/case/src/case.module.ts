import { Module } from '@nestjs/common';
import { AddTeamMemberEndpoint, AddTeamMemberHandler } from './case/features/add-team-member.js';
import { AssessRiskEndpoint, AssessRiskHandler } from './case/features/assess-risk.js';
import { AssignOfficerEndpoint, AssignOfficerHandler } from './case/features/assign-officer.js';
import { CaseReferrals } from './case/case-referrals.js';
import { CloseCaseEndpoint, CloseCaseHandler } from './case/features/close-case.js';
import { ConfirmOpeningHandler } from './case/features/confirm-opening.js';
import { GetCaseEndpoint, GetCaseHandler } from './case/features/get-case.js';
import { ListCasesEndpoint, ListCasesHandler } from './case/features/list-cases.js';
import { ListNotesEndpoint, ListNotesHandler } from './case/features/list-notes.js';
import { MoveStageEndpoint, MoveStageHandler } from './case/features/move-stage.js';
import { OpenCaseHandler } from './case/features/open-case.js';
import { RecuseOfficerEndpoint, RecuseOfficerHandler } from './case/features/recuse-officer.js';
import { RemoveTeamMemberEndpoint, RemoveTeamMemberHandler } from './case/features/remove-team-member.js';
import { ReopenCaseEndpoint, ReopenCaseHandler } from './case/features/reopen-case.js';
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
  ],
  providers: [
    CaseReferrals,
    OpenCaseHandler,
    ConfirmOpeningHandler,
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
  ],
})
export class CaseModule {}
