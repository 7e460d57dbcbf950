import type { Principal } from '@waymark/access';
import { type Role, roles, statedPurposes, type StatedPurpose, type Unit, units } from '@waymark/contracts';
import { WrongUse } from '../../exit-codes.js';

export interface AskerOptions {
  readonly as: string;
  readonly roles?: string;
  readonly unit?: string;
  readonly purpose?: string;
}

/** Who asks, from the command line: what a token would say of them has to be said there. */
export async function askerOf(options: AskerOptions): Promise<Principal> {
  const asker = await whoAsks(options);
  if (options.purpose === undefined || asker.kind !== 'staff') return asker;
  return { ...asker, purpose: oneOf<StatedPurpose>(statedPurposes, options.purpose, '--purpose') };
}

async function whoAsks({ as, roles: given, unit }: AskerOptions): Promise<Principal> {
  const [kind, id = '', ofPerson = ''] = as.split(':');
  if (as === 'anyone') return { kind: 'anonymous' };
  if (kind === 'service') return { kind: 'service', id };
  if (kind === 'receipt')
    return { kind: 'reporter', id: 'receipt', concernId: id, ...(ofPerson ? { clientId: ofPerson } : {}) };
  if (kind === 'reporter') return { kind, id: 'receipt', concernId: id, reporterId: ofPerson };
  if (given === undefined) return demoPerson(as);
  return {
    kind: 'staff',
    id: as,
    roles: given.split(',').map((role) => oneOf<Role>(roles, role, '--roles')),
    ...(unit === undefined ? {} : { unit: oneOf<Unit>(units, unit, '--unit') }),
  };
}

async function demoPerson(username: string): Promise<Principal> {
  const { demoPeople } = await import('@waymark/identity');
  const found = demoPeople.find((person) => person.username === username);
  if (!found) throw new WrongUse('--roles is needed for staff: their roles stand in their token and nowhere else');
  const { id, roles: held, unit } = found;
  return { kind: 'staff', id, roles: held, ...(unit === undefined ? {} : { unit }) };
}

function oneOf<Code extends string>(codes: readonly Code[], given: string, option: string): Code {
  const found = codes.find((code) => code === given);
  if (found === undefined) throw new WrongUse(`${option}: one of ${codes.join(', ')} is needed`);
  return found;
}
