import { type Unit, units } from '@waymark/contracts';
import { deriveMark } from '@waymark/privacy';
import { ConfigError, deskRoles, type Secrets } from '@waymark/service-kit';
import type { Exclusions } from './domain/account.js';

/** Which units answer concerns: the desk, and the alternate one for concerns about the desk itself. */
export interface DeskUnits {
  readonly DESK: Unit;
  readonly ALTERNATE_DESK?: Unit | undefined;
}

/** With, where there is an alternate desk, whose the concern is. */
export interface ShutOutOfConcern extends Exclusions {
  readonly alternateDesk?: { readonly unit: Unit; readonly owns: boolean };
}

/** What tells to which desk a concern belongs. */
export interface OfDesk {
  readonly concernId: string;
  /** Mark of the desk, where there is one. */
  readonly desk?: string;
  readonly account: { readonly exclusions?: Exclusions };
}

const nobody: Exclusions = { people: [], roles: [], units: [] };

/** What stands in the log for the desk that a concern belongs to: nobody without the service's secret can tell which it is. */
export class DeskMarks {
  private readonly secret: Buffer;

  constructor(secrets: Secrets) {
    this.secret = secrets.of('desk-marks');
  }

  of(concernId: string, unit: Unit): string {
    return deriveMark({ secret: this.secret, label: 'desk', input: `${concernId} ${unit}` });
  }

  /** The unit whose mark it is. */
  unitOf(concernId: string, mark: string | undefined): Unit | undefined {
    return mark === undefined ? undefined : units.find((unit) => this.of(concernId, unit) === mark);
  }
}

/** Which desk a concern belongs to, and whom that shuts out. */
export class Desks {
  readonly desk: Unit;
  readonly alternate: Unit | undefined;

  /** Throws a `ConfigError` when both are one unit. */
  constructor(
    { DESK, ALTERNATE_DESK }: DeskUnits,
    private readonly marks: DeskMarks,
  ) {
    if (DESK === ALTERNATE_DESK) throw new ConfigError('intake cannot start: ALTERNATE_DESK: must differ from DESK');
    this.desk = DESK;
    this.alternate = ALTERNATE_DESK;
  }

  /**
   * The mark for a new concern; without an alternate desk there is none. What somebody there enters stays there, unless it is about
   * that desk.
   */
  markFor(concernId: string, exclusions: Exclusions | undefined, enteredBy?: Unit): string | undefined {
    return this.alternate === undefined ? undefined : this.marks.of(concernId, this.unitForNew(exclusions, enteredBy));
  }

  /**
   * Whether by role and unit nobody is left who could ever read such a concern and take it. Whom it names by id does not count: who
   * else there is, is not known here.
   */
  leavesNobody(exclusions: Exclusions | undefined, enteredBy?: Unit): boolean {
    const unit = this.unitForNew(exclusions, enteredBy);
    const { roles, units: shutOut } = this.shutOutAt(unit, exclusions);
    return shutOut.includes(unit) || deskRoles.every((role) => roles.includes(role));
  }

  /** A concern from before there was an alternate desk goes there as well when it is about the desk. */
  of({ concernId, desk, account }: OfDesk): Unit {
    return this.marks.unitOf(concernId, desk) ?? this.unitFor(account.exclusions);
  }

  /**
   * Everybody who is shut out. At the alternate desk the role by which the reporter named the desk means its officers and not those
   * who answer in their stead.
   */
  shutOutOf(concern: OfDesk): ShutOutOfConcern {
    return this.shutOutAt(this.of(concern), concern.account.exclusions);
  }

  private shutOutAt(unit: Unit, exclusions: Exclusions = nobody): ShutOutOfConcern {
    const { roles } = exclusions;
    if (unit === this.desk)
      return { ...exclusions, ...(this.alternate ? { alternateDesk: { unit: this.alternate, owns: false } } : {}) };
    return {
      people: exclusions.people,
      roles: roles.filter((role) => role !== roleOfTheDesk),
      units: [...new Set([...exclusions.units, this.desk])],
      alternateDesk: { unit, owns: true },
    };
  }

  private unitForNew(exclusions: Exclusions | undefined, enteredBy: Unit | undefined): Unit {
    const stays = enteredBy !== undefined && enteredBy === this.alternate && !exclusions?.units.includes(enteredBy);
    return stays ? enteredBy : this.unitFor(exclusions);
  }

  private unitFor({ roles, units: shutOut }: Exclusions = nobody): Unit {
    const isAboutTheDesk = shutOut.includes(this.desk) || roles.includes(roleOfTheDesk);
    return isAboutTheDesk && this.alternate !== undefined ? this.alternate : this.desk;
  }
}

/** Who shuts out all officers shuts out the desk. */
export const roleOfTheDesk = 'officer';
