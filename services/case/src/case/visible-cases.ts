import { Injectable } from '@nestjs/common';
import { type ActionOn, type Decision, decide, type Principal } from '@waymark/access';
import type { Instant } from '@waymark/event-sourcing';
import { Aggregates, type Call, ShutOutMarks, type Written } from '@waymark/service-kit';
import { TeamListeners } from '../integration/tell-of-team.js';
import { caseAggregate } from './case.aggregate.js';
import type { CaseCommand, UnaskedCommand } from './domain/case.commands.js';
import type { CaseEvent } from './domain/case.events.js';
import { reject } from './domain/case.rejections.js';
import type { Case, CaseState } from './domain/case.state.js';
import { type AllowedCase, allowedCase, caseResource } from './visibility.js';

type TeamsCommand = Exclude<CaseCommand, UnaskedCommand>;

/** The one door to cases for whoever asks over HTTP: as the policies allow it; for all others a case does not exist. */
@Injectable()
export class VisibleCases {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly marks: ShutOutMarks,
    private readonly listeners: TeamListeners,
  ) {}

  /** The case, what lets the caller do this with it, and the moment at which that was decided. */
  async find(
    principal: Principal,
    action: ActionOn<'Case'>,
    caseId: string,
  ): Promise<AllowedCase & { readonly now: Instant }> {
    const { state } = await this.aggregates.load(caseAggregate, caseId);
    const now = this.aggregates.now();
    return { ...allowedCase(action, state, { principal, marks: this.marks, now }), now };
  }

  /** The case of a line in a list, and what lets the caller see it; or nothing when the line is not for them. */
  async findIfAllowed(
    principal: Principal,
    action: ActionOn<'Case'>,
    caseId: string,
  ): Promise<AllowedCase | undefined> {
    const { state } = await this.aggregates.load(caseAggregate, caseId);
    if (state.status === 'none') return undefined;
    const decision = this.decisionOn(principal, action, state);
    return decision.outcome === 'allow' ? { current: state, ground: decision.ground } : undefined;
  }

  /** Whether a case that the caller has found lets them do this as well. */
  allow(principal: Principal, action: ActionOn<'Case'>, current: Case): boolean {
    return this.decisionOn(principal, action, current).outcome === 'allow';
  }

  private decisionOn(principal: Principal, action: ActionOn<'Case'>, current: Case): Decision {
    const asked = { principal, marks: this.marks, now: this.aggregates.now() };
    return decide(principal, action, caseResource(current, asked));
  }

  /** Runs a command, and tells who keeps a copy of the team what became of it. Nobody comes to work on a case whose reporter shut them out. */
  async change(
    caseId: string,
    caller: Principal,
    call: Call,
    command: TeamsCommand,
  ): Promise<Written<CaseState, CaseEvent>> {
    const { current } = await this.find(caller, command.type, caseId);
    const joining = joiningBy(command);
    const { concernId, shutOut = [] } = current;
    if (joining !== undefined && this.marks.include({ concernId, shutOut }, { id: joining })) reject('person_shut_out');
    const written = await this.aggregates.change(caseAggregate, caseId, command, call);
    await this.listeners.tell(written, call);
    return written;
  }
}

function joiningBy(command: TeamsCommand): string | undefined {
  if (command.type === 'AssignOfficer') return command.officerId;
  return command.type === 'AddTeamMember' ? command.staffId : undefined;
}
