import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ActionOn, type Decision, decide, type Principal } from '@waymark/access';
import type { Instant } from '@waymark/event-sourcing';
import { SubjectErasedError } from '@waymark/privacy';
import { Aggregates, type Call, ShutOutMarks, Views, type Written } from '@waymark/service-kit';
import type { CaseView } from './projections/case-views.js';
import { TeamListeners } from '../integration/tell-of-team.js';
import { caseAggregate } from './case.aggregate.js';
import { casesOfClients } from './cases-of-clients.js';
import { ErasedClients } from './erased-clients.js';
import { type CaseCommand, isEnding, type UnaskedCommand } from './domain/case.commands.js';
import type { CaseEvent } from './domain/case.events.js';
import { reject } from './domain/case.rejections.js';
import type { Case, CaseState } from './domain/case.state.js';
import { type AllowedCase, allowedCase, type Asked, caseResource } from './visibility.js';

type TeamsCommand = Exclude<CaseCommand, UnaskedCommand>;

/** The one door to cases for whoever asks over HTTP: as the policies allow it; for all others a case does not exist. */
@Injectable()
export class VisibleCases {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly marks: ShutOutMarks,
    private readonly listeners: TeamListeners,
    private readonly dataSource: DataSource,
    private readonly views: Views<CaseView>,
    private readonly erased: ErasedClients,
  ) {}

  /** The case, what lets the caller do this with it, and the moment at which that was decided. */
  async find(
    principal: Principal,
    action: ActionOn<'Case'>,
    caseId: string,
  ): Promise<AllowedCase & { readonly now: Instant }> {
    const { state } = await this.aggregates.load(caseAggregate, caseId);
    const asked = await this.askedBy(principal, state);
    return { ...allowedCase(action, state, asked), now: asked.now };
  }

  /** The case of a line in a list, and what lets the caller see it; or nothing when the line is not for them. */
  async findIfAllowed(
    principal: Principal,
    action: ActionOn<'Case'>,
    caseId: string,
  ): Promise<AllowedCase | undefined> {
    const { state } = await this.aggregates.load(caseAggregate, caseId);
    if (state.status === 'none') return undefined;
    const decision = await this.decisionOn(principal, action, state);
    return decision.outcome === 'allow' ? { current: state, ground: decision.ground } : undefined;
  }

  /** Whether a case that the caller has found lets them do this as well. */
  async allow(principal: Principal, action: ActionOn<'Case'>, current: Case): Promise<boolean> {
    return (await this.decisionOn(principal, action, current)).outcome === 'allow';
  }

  private async decisionOn(principal: Principal, action: ActionOn<'Case'>, current: Case): Promise<Decision> {
    return decide(principal, action, caseResource(current, await this.askedBy(principal, current)));
  }

  private async askedBy(principal: Principal, state: CaseState): Promise<Asked> {
    const ofClient = state.status === 'none' ? [] : await casesOfClients.of(this.dataSource, state.clientId);
    return { principal, marks: this.marks, ofClient, now: this.aggregates.now() };
  }

  /** Nobody comes to work on a case whose reporter shut them out, nor the reporter of another case of the same client. */
  private async demandNotShutOut({ concernId, shutOut = [], clientId }: Case, id: string): Promise<void> {
    await this.views.caughtUp(['cases']);
    const marked = [{ concernId, shutOut }, ...(await casesOfClients.of(this.dataSource, clientId))];
    if (marked.some((each) => this.marks.name(each, { id }))) reject('person_shut_out');
  }

  /**
   * Nobody asks beforehand whether the client is erased, which may happen at this moment: sealing says so when the event is appended.
   * What brings work on the case to its end is decided again then, without what cannot be sealed any more.
   */
  private async write(caseId: string, command: TeamsCommand, call: Call): Promise<Written<CaseState, CaseEvent>> {
    try {
      return await this.aggregates.change(caseAggregate, caseId, command, call);
    } catch (error) {
      if (!(error instanceof SubjectErasedError) || !isEnding(command)) throw error;
      return this.aggregates.change(caseAggregate, caseId, { ...command, clientErased: true }, call);
    }
  }

  /** Who asks again whether their recusal was written has lost the case by it. The command's id follows from who asks: it is theirs. */
  private async demand(caller: Principal, caseId: string, call: Call, command: TeamsCommand): Promise<void> {
    const { current } = await this.find(caller, command.type, caseId).catch(async (refusal: unknown) => {
      if (command.type === 'RecuseOfficer' && (await this.hasCarriedOut(caseId, call))) return { current: undefined };
      throw refusal;
    });
    if (command.type === 'MoveStage' && current && (await this.erased.include(current.clientId)))
      reject('person_erased');
    const joining = joiningBy(command);
    if (current && joining !== undefined) await this.demandNotShutOut(current, joining);
  }

  private async hasCarriedOut(caseId: string, { commandId }: Call): Promise<boolean> {
    const history = await this.aggregates.history(caseAggregate, caseId);
    return history.some(({ recorded }) => recorded.metadata.causationId === commandId);
  }

  /** Runs a command, and tells who keeps a copy of the team what became of it. */
  async change(
    caseId: string,
    caller: Principal,
    call: Call,
    command: TeamsCommand,
  ): Promise<Written<CaseState, CaseEvent>> {
    await this.demand(caller, caseId, call, command);
    const written = await this.write(caseId, command, call);
    await this.listeners.tell(written, call);
    return written;
  }
}

function joiningBy(command: TeamsCommand): string | undefined {
  if (command.type === 'AssignOfficer') return command.officerId;
  return command.type === 'AddTeamMember' ? command.staffId : undefined;
}
