import { type Principal, staffRefs } from '@waymark/access';
import { comparedStaffId, type Role, spellingsOfStaffId } from '@waymark/contracts';
import { deriveMark } from '@waymark/privacy';

/** Whom a reporter shuts out: people by id, and everybody of a role or a unit. */
export interface ShutOut {
  readonly people: readonly string[];
  readonly roles: readonly string[];
  readonly units: readonly string[];
  /** Where there is an alternate desk: of the two, the people of the one that the concern does not belong to are shut out. */
  readonly alternateDesk?: { readonly unit: string; readonly owns: boolean };
}

/** Roles of those who work at a desk, of whichever unit: at the alternate one if theirs is its unit, else at the desk. */
export const deskRoles: readonly Role[] = ['officer', 'supervisor'];

/** Somebody of whom is asked whether they are shut out; only what is known of them counts. */
export interface MaybeShutOut {
  readonly id?: string;
  readonly roles?: readonly string[];
  readonly unit?: string;
}

/** Of whom is asked whether they are meant. */
export interface Candidates<Role extends string, Unit extends string> {
  readonly people: readonly string[];
  readonly roles: readonly Role[];
  readonly units: readonly Unit[];
}

/** A concern or its case, with the marks of whom the reporter shuts out. */
export interface MarkedCase {
  /** Absent where nothing is known of the concern, and so no mark. */
  readonly concernId?: string | undefined;
  readonly shutOut: readonly string[];
}

/**
 * How one service tells another whom a reporter shut out without naming them. A mark follows from the person, role or unit, from the
 * concern and from a secret that only these services hold: they recognise whoever comes, and nobody else can tell whose mark it is,
 * or that two concerns have one person in common.
 */
export class ShutOutMarks {
  /** 32 bytes that the services have in common. */
  constructor(private readonly secret: Buffer) {}

  /** 32 hexadecimal digits for each, in an order that says nothing. */
  of(concernId: string, { people, roles, units, alternateDesk }: ShutOut): readonly string[] {
    const marks = [
      ...people.map((id) => this.mark(concernId, 'person', comparedStaffId(id))),
      ...roles.map((role) => this.mark(concernId, 'role', role)),
      ...units.map((unit) => this.mark(concernId, 'unit', unit)),
      ...(alternateDesk
        ? [this.mark(concernId, 'alternate desk', alternateDesk.unit), this.ownerMark(concernId, alternateDesk.owns)]
        : []),
    ];
    return marks.sort();
  }

  /**
   * These among as many that mean nobody as bring them to a multiple of sixteen, for whoever may not learn how many are shut out. The
   * same for the same, so that two of them do not tell which mean somebody.
   */
  amongOthers(concernId: string, shutOut: readonly string[]): readonly string[] {
    const missing = (Math.floor(shutOut.length / 16) + 1) * 16 - shutOut.length;
    const others = Array.from({ length: missing }, (_, index) => this.mark(concernId, 'nobody', String(index)));
    return [...shutOut, ...others].sort();
  }

  /** Those of all these whom the marks mean: what is left of whom a reporter shut out once what they told is gone. */
  meantBy<Role extends string, Unit extends string>(
    { concernId, shutOut }: MarkedCase,
    { people, roles, units }: Candidates<Role, Unit>,
  ): { people: string[]; roles: Role[]; units: Unit[] } {
    if (concernId === undefined) return { people: [], roles: [], units: [] };
    const areMarked = (kind: string) => (value: string) => shutOut.includes(this.mark(concernId, kind, value));
    return {
      people: people.filter((id) => this.marksOfPerson(concernId, id).some((mark) => shutOut.includes(mark))),
      roles: roles.filter(areMarked('role')),
      units: units.filter(areMarked('unit')),
    };
  }

  /** Whether one of the case's marks is theirs, their role's or their unit's: the reporter named them. */
  name({ concernId, shutOut }: MarkedCase, { id, roles = [], unit }: MaybeShutOut): boolean {
    if (concernId === undefined || shutOut.length === 0) return false;
    const listed = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);
    const own = [
      ...listed(id).flatMap((each) => this.marksOfPerson(concernId, each)),
      ...this.of(concernId, { people: [], roles, units: listed(unit) }),
    ];
    return own.some((mark) => shutOut.includes(mark));
  }

  /** The same, or it is about the desk at which they work: they have no part in what follows of it, whoever else lets them in. */
  conflictWith(marked: MarkedCase, asked: MaybeShutOut): boolean {
    return this.name(marked, asked) || this.desksOf(marked, asked) === 'about their desk';
  }

  /** The same, or it is the desk's own and they work at the alternate one, who need not know of it. */
  include(marked: MarkedCase, asked: MaybeShutOut): boolean {
    return this.conflictWith(marked, asked) || this.desksOf(marked, asked) === 'of the other desk';
  }

  /**
   * For the attribute `shutOut` of the policies: whoever asks, when they are shut out of one of these cases, else nobody. Of other
   * cases of the same client only whom their reporters named counts, and not to which desk they belong.
   */
  shutOutOf(cases: readonly MarkedCase[], asker: Principal, others: readonly MarkedCase[] = []) {
    if (asker.kind !== 'staff') return staffRefs([]);
    const isShutOut = cases.some((each) => this.include(each, asker)) || others.some((each) => this.name(each, asker));
    return staffRefs(isShutOut ? [asker.id] : []);
  }

  /** The same for what reaches people by more than their work at a desk, such as a referral to their unit. */
  inConflictWith(cases: readonly MarkedCase[], asker: Principal) {
    return staffRefs(asker.kind === 'staff' && cases.some((each) => this.conflictWith(each, asker)) ? [asker.id] : []);
  }

  /** Of every spelling of the id: marks from before ids were compared in one form were made of what was given. */
  private marksOfPerson(concernId: string, id: string): readonly string[] {
    return spellingsOfStaffId(id).map((each) => this.mark(concernId, 'person', each));
  }

  /** Of whoever works at a desk, where the case is that of the other one. */
  private desksOf({ concernId, shutOut }: MarkedCase, { roles = [], unit }: MaybeShutOut) {
    if (concernId === undefined || !deskRoles.some((role) => roles.includes(role))) return undefined;
    const areAtTheAlternate = unit !== undefined && shutOut.includes(this.mark(concernId, 'alternate desk', unit));
    if (shutOut.includes(this.ownerMark(concernId, true))) return areAtTheAlternate ? undefined : 'about their desk';
    return areAtTheAlternate ? 'of the other desk' : undefined;
  }

  /** There is one either way, so that their number does not tell which. */
  private ownerMark(concernId: string, isAlternate: boolean): string {
    return this.mark(concernId, 'desk', isAlternate ? 'the alternate' : 'the desk');
  }

  private mark(concernId: string, kind: string, value: string): string {
    return deriveMark({ secret: this.secret, label: `shut-out ${kind}`, input: `${concernId} ${value}` });
  }
}

/** Under this label intake derives the secret of the marks from its own; provisioning hands it to the others. */
export const shutOutSecretLabel = 'shut-out-marks';
