import type { Unit } from '@waymark/contracts';
import { Problem } from '@waymark/service-kit';
import { type Desks, roleOfTheDesk } from './desks.js';
import type { Exclusions } from './domain/account.js';
import { helpNow } from './emergency-help.js';

/** What is asked of a new concern: whom it shuts out, in which language it is told, whether somebody is in danger, and by whose unit it is entered. */
interface Asked {
  readonly exclusions?: Exclusions;
  readonly language: string;
  readonly immediateDanger: boolean;
  readonly medicalUrgency?: boolean;
}

/**
 * Refuses a concern that by what it shuts out nobody could ever read: kept, it would lie there while the person waits. Nothing of it
 * is stored, and the same key takes it again with less shut out.
 */
export function demandSomebodyLeft(desks: Desks, asked: Asked, enteredBy?: Unit): void {
  const { exclusions, language, immediateDanger, medicalUrgency } = asked;
  if (!exclusions || !desks.leavesNobody(exclusions, enteredBy)) return;
  const wayOut = wayOutOf(exclusions, desks);
  const refusal = `With all whom it shuts out nobody is left who could read this and answer, so nothing was stored. ${wayOut} If none of them may read it, turn to somebody outside whom you trust: here nobody would see it.`;
  const detail = immediateDanger || medicalUrgency ? `${helpNow(language)} ${refusal}` : refusal;
  throw new Problem(422, 'invalid_input', detail, [{ field: 'exclusions', rule: 'leavesSomebody', message: wayOut }]);
}

/** What may be left out of it, so that somebody is left. */
function wayOutOf({ roles, units }: Exclusions, { desk, alternate }: Desks): string {
  const unit = units.includes(desk) ? [`the unit ${desk}`] : [];
  if (alternate !== undefined) {
    const named = [...unit, ...(roles.includes(roleOfTheDesk) ? [`the role ${roleOfTheDesk}`] : [])];
    return `Leave out the unit ${alternate}, and its officers answer; or leave out ${named.join(' and ')}, and those of the unit ${desk} do.`;
  }
  const all = roles.includes(roleOfTheDesk) && roles.includes('supervisor');
  const named = [...unit, ...(all ? [`one of the roles ${roleOfTheDesk} and supervisor`] : [])];
  return `Leave out ${named.join(' and ')}: only the unit ${desk} answers here.`;
}
