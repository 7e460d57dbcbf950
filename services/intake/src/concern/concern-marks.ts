import { Injectable } from '@nestjs/common';
import type { Unit } from '@waymark/contracts';
import { ShutOutMarks } from '@waymark/service-kit';
import { Desks, type OfDesk } from './desks.js';
import type { Exclusions } from './domain/account.js';

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

  /** Of everybody whom it shuts out. */
  shutOutOf(concern: OfDesk): readonly string[] {
    return this.marks.of(concern.concernId, this.desks.shutOutOf(concern));
  }
}
