import { Injectable } from '@nestjs/common';
import type { ActionOn, Principal } from '@waymark/access';
import { Aggregates, type Call, ShutOutMarks, type Written } from '@waymark/service-kit';
import { caseAggregate } from './case.aggregate.js';
import type { CaseCommand } from './domain/case.commands.js';
import type { CaseEvent } from './domain/case.events.js';
import { reject } from './domain/case.rejections.js';
import type { Case, CaseState } from './domain/case.state.js';
import { allowedCase } from './visibility.js';

type TeamsCommand = Exclude<CaseCommand, { type: 'OpenCase' | 'ConfirmOpening' | 'LinkToClient' }>;

/** The one door to cases for whoever asks over HTTP: as the policies allow it; for all others a case does not exist. */
@Injectable()
export class VisibleCases {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly marks: ShutOutMarks,
  ) {}

  /** The case, and what lets the caller do this with it. */
  async find(
    caller: Principal,
    action: ActionOn<'Case'>,
    caseId: string,
  ): Promise<{ readonly current: Case; readonly ground: string }> {
    const { state } = await this.aggregates.load(caseAggregate, caseId);
    return allowedCase(caller, action, state, this.marks);
  }

  /** Runs a command. Nobody comes to work on a case whose reporter shut them out. */
  async change(
    caseId: string,
    caller: Principal,
    call: Call,
    command: TeamsCommand,
  ): Promise<Written<CaseState, CaseEvent>> {
    const { current } = await this.find(caller, command.type, caseId);
    const joining = joiningBy(command);
    if (joining !== undefined && this.marks.include(current.shutOut ?? [], current.concernId, { id: joining }))
      reject('person_shut_out');
    return this.aggregates.change(caseAggregate, caseId, command, call);
  }
}

function joiningBy(command: TeamsCommand): string | undefined {
  if (command.type === 'AssignOfficer') return command.officerId;
  return command.type === 'AddTeamMember' ? command.staffId : undefined;
}
