import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { decide, type Principal, type StaffPrincipal, staffRefs } from '@waymark/access';
import type { Unit } from '@waymark/contracts';
import {
  groundOf,
  type KnownCase,
  knownCases,
  type MarkedCase,
  MarksOfClients,
  notFound,
  ShutOutMarks,
} from '@waymark/service-kit';
import { reject } from '../../domain/referral.rejections.js';

/** What the policies may ask about a referral's case when somebody asks: its team, who has recused, and whether its reporter shut them out. */
export type CaseAttributes = Awaited<ReturnType<CaseTeams['attributesOf']>>;

/** Of all cases of a client, by which somebody may be shut out of each. */
export const casesOfClients = new MarksOfClients({ table: 'case_teams', marks: 'shut_out', links: ['client_links'] });

/** Who works on which case, who has recused, whom its reporter shuts out, and whether it is closed: the local copy of what the case service tells (integration/consume.ts). */
@Injectable()
export class CaseTeams {
  constructor(
    private readonly dataSource: DataSource,
    private readonly marks: ShutOutMarks,
  ) {}

  /** Of a case that is not known nobody is on the team. */
  async attributesOf(caseId: string, asker: Principal) {
    const found = await this.find(caseId);
    const isShutOut = found !== undefined && asker.kind === 'staff' && (await this.isShutOut(found, asker));
    return { ...workersOf(found), shutOut: staffRefs(isShutOut ? [asker.id] : []) };
  }

  /**
   * Refuses a unit that the reporter of the case shut out, or all of whose addressees they did by their role: nobody could open it.
   * The team may know that the unit was, and is not told by which of the two. Nothing leaves a case while it is closed.
   */
  async demandRecipient(caseId: string, unit: Unit): Promise<void> {
    const found = await this.find(caseId);
    if (found?.isClosed) reject('case_closed');
    if (found && this.marks.include(found, { unit, roles: addressees })) reject('recipient_shut_out');
  }

  /** The case, for whoever may refer from it; for all others it does not exist. */
  async demand(caller: Principal, action: 'DraftReferral', caseId: string): Promise<KnownCase> {
    const found = await this.find(caseId);
    if (!found) throw notFound();
    const shutOut = this.marks.shutOutOf([found], caller, await casesOfClients.of(this.dataSource, found.clientId));
    const attributes = { ...workersOf(found), shutOut, underGlass: [] };
    groundOf(decide(caller, action, { type: 'Case', id: caseId, attributes }));
    return found;
  }

  private async isShutOut(found: KnownCase, asker: StaffPrincipal): Promise<boolean> {
    const ofClient = await casesOfClients.of(this.dataSource, found.clientId);
    const onTeam = found.team.includes(asker.id);
    return this.marks.conflictWith(found, asker) || isNamedByOneOf(ofClient, this.marks, asker, { onTeam });
  }

  private async find(caseId: string): Promise<KnownCase | undefined> {
    return (await knownCases(this.dataSource, 'case_id', [caseId]))[0];
  }
}

/**
 * Whether the reporter of one of these cases of a client named them. Of who works on another of them as everywhere; of who answers
 * for a unit in person alone: whether the unit gets to know of that other one is for the client to say.
 */
export const isNamedByOneOf = (
  ofClient: readonly MarkedCase[],
  marks: ShutOutMarks,
  asker: StaffPrincipal,
  { onTeam }: { readonly onTeam: boolean },
): boolean => ofClient.some((each) => marks.name(each, onTeam ? asker : { id: asker.id }));

/** Who of a unit is let in to its referrals. */
const addressees = ['unit_focal_point'] as const;

const workersOf = (found: KnownCase | undefined) => ({
  team: staffRefs(found?.team ?? []),
  recused: staffRefs(found?.recused ?? []),
});
