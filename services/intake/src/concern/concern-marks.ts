import { Injectable } from '@nestjs/common';
import type { StaffPrincipal } from '@waymark/access';
import { roles, type Unit, units } from '@waymark/contracts';
import { type MarkedCase, ShutOutMarks } from '@waymark/service-kit';
import { Desks, type OfDesk, type ShutOutOfConcern } from './desks.js';
import type { Exclusions } from './domain/account.js';
import { allMarks } from './domain/marks.js';

/** A concern, with the marks in the log of whom it shuts out. */
export interface MarkedConcern extends OfDesk {
  readonly shutOut?: readonly string[];
}

interface LineOfMarks {
  readonly concernId: string;
  readonly marksInLog: readonly string[];
  readonly desk: string | null;
}

/** The marks where they alone tell whom it shuts out: there never was anybody, or the keys are gone under which that was sealed. */
const marksAlone = ({ account, shutOut }: MarkedConcern): readonly string[] | undefined =>
  account.exclusions ? undefined : shutOut;

/** What stands in the log in the clear of whose a concern is and whom it shuts out: marks, which say nothing to whoever has no secret. */
@Injectable()
export class ConcernMarks {
  constructor(
    private readonly desks: Desks,
    private readonly marks: ShutOutMarks,
  ) {}

  /** Of a concern that is raised; entered by somebody of a unit, where it was not the reporter. */
  ofNew(concernId: string, exclusions: Exclusions | undefined, enteredBy?: Unit) {
    const desk = this.desks.markFor(concernId, exclusions, enteredBy);
    const concern = { concernId, account: exclusions ? { exclusions } : {}, ...(desk === undefined ? {} : { desk }) };
    return { ...(desk === undefined ? {} : { desk }), shutOut: this.shutOutOf(concern) };
  }

  /** Of everybody whom it shuts out; with those that stand in the log already where what the reporter told is gone. */
  shutOutOf(concern: MarkedConcern): readonly string[] {
    const made = this.marks.of(concern.concernId, this.whomItShutsOut(concern, []));
    return allMarks(marksAlone(concern) ?? [], made);
  }

  /** Whom it shuts out; where only the marks are left, of these people those whom they mean, and every role and unit. */
  whomItShutsOut(concern: MarkedConcern, people: readonly string[]): ShutOutOfConcern {
    const { concernId, desk } = concern;
    const shutOut = marksAlone(concern);
    if (!shutOut) return this.desks.shutOutOf(concern);
    const exclusions = this.marks.meantBy({ concernId, shutOut }, { people, roles, units });
    return this.desks.shutOutOf({ concernId, account: { exclusions }, ...(desk === undefined ? {} : { desk }) });
  }

  /** The same, with whom the reporters of other concerns of its client named: of these people, and every role and unit. */
  shutOutOfAll(concern: MarkedConcern, ofClient: readonly MarkedCase[], people: readonly string[]): ShutOutOfConcern {
    const own = this.whomItShutsOut(concern, people);
    const named = othersThan(concern, ofClient).map((each) => this.marks.meantBy(each, { people, roles, units }));
    return {
      ...own,
      people: [...own.people, ...named.flatMap((each) => each.people)],
      roles: [...own.roles, ...named.flatMap((each) => each.roles)],
      units: [...own.units, ...named.flatMap((each) => each.units)],
    };
  }

  /** Whether the reporter of another concern of its client named whoever asks. */
  othersName(
    caller: StaffPrincipal,
    concern: { readonly concernId: string },
    ofClient: readonly MarkedCase[],
  ): boolean {
    return othersThan(concern, ofClient).some((each) => this.marks.name(each, caller));
  }

  /** Whether a line of the queue of which only the marks are left is not for whoever asks; to which desk it belongs, the line may say. */
  keepFrom(caller: StaffPrincipal, { concernId, marksInLog: shutOut, desk }: LineOfMarks): boolean {
    if (this.marks.conflictWith({ concernId, shutOut }, caller)) return true;
    if (desk !== null) return false;
    const { alternateDesk } = this.whomItShutsOut({ concernId, account: {}, shutOut }, []);
    return alternateDesk?.owns === true && alternateDesk.unit !== caller.unit;
  }
}

const othersThan = ({ concernId }: { readonly concernId: string }, marked: readonly MarkedCase[]) =>
  marked.filter((each) => each.concernId !== concernId);
