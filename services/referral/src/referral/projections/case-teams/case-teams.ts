import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { decide, type Principal, staffRefs } from '@waymark/access';
import type { Unit } from '@waymark/contracts';
import { groundOf, type KnownCase, knownCases, notFound, ShutOutMarks } from '@waymark/service-kit';
import { reject } from '../../domain/referral.rejections.js';

/** What the policies may ask about a referral's case when somebody asks: its team, who has recused, and whether its reporter shut them out. */
export type CaseAttributes = Awaited<ReturnType<CaseTeams['attributesOf']>>;

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
    return { ...workersOf(found), shutOut: this.marks.inConflictWith(found ? [found] : [], asker) };
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
    const attributes = { ...workersOf(found), shutOut: this.marks.shutOutOf([found], caller), underGlass: [] };
    groundOf(decide(caller, action, { type: 'Case', id: caseId, attributes }));
    return found;
  }

  private async find(caseId: string): Promise<KnownCase | undefined> {
    return (await knownCases(this.dataSource, 'case_id', [caseId]))[0];
  }
}

/** Who of a unit is let in to its referrals. */
const addressees = ['unit_focal_point'] as const;

const workersOf = (found: KnownCase | undefined) => ({
  team: staffRefs(found?.team ?? []),
  recused: staffRefs(found?.recused ?? []),
});
