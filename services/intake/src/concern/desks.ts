import { type Unit, units } from '@waymark/contracts';
import { deriveMark } from '@waymark/privacy';
import { ConfigError, type Secrets } from '@waymark/service-kit';
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
    if (this.alternate === undefined) return undefined;
    const stays = enteredBy === this.alternate && !exclusions?.units.includes(this.alternate);
    return this.marks.of(concernId, stays ? this.alternate : this.unitFor(exclusions));
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
    const unit = this.of(concern);
    const exclusions = concern.account.exclusions ?? nobody;
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

  private unitFor({ roles, units: shutOut }: Exclusions = nobody): Unit {
    const isAboutTheDesk = shutOut.includes(this.desk) || roles.includes(roleOfTheDesk);
    return isAboutTheDesk && this.alternate !== undefined ? this.alternate : this.desk;
  }
}

/** Who shuts out all officers shuts out the desk. */
export const roleOfTheDesk = 'officer';
