import {
  couldBy,
  type DeclaredAction,
  type Policy,
  type PolicySet,
  type Principal,
  type Resource,
} from '@waymark/access';
import type { Role, Unit } from '@waymark/contracts';
import { idsNamedIn } from './ids-named-in.js';

/** Everybody of a role, whoever holds a receipt, or a service of the platform; with the policies that let them. */
export interface Everybody {
  readonly kind: 'role' | 'receipt' | 'service';
  /** The role, the scope of the receipt, or the name of the service. */
  readonly who: string;
  /** Of these units only. */
  readonly units?: readonly string[];
  /** But for these units. */
  readonly exceptUnits?: readonly string[];
  readonly through: readonly Policy[];
}

/** Somebody whom the policies know from others of their role. */
export interface Somebody {
  readonly staffId: string;
  /** In which roles. Which of them they held, the log does not tell. */
  readonly asRoles: readonly string[];
  readonly through: readonly Policy[];
}

export interface Could {
  readonly everybody: readonly Everybody[];
  /** Who could beyond everybody of their role. */
  readonly people: readonly Somebody[];
  /** Who could not, though everybody else of their role could. */
  readonly keptOut: readonly Somebody[];
}

/** What a receipt of the case opens. */
export interface ReceiptOf {
  readonly concernId: string;
  readonly clientId: string;
}

type Answer = ReturnType<typeof couldBy>;

/** No id of staff has a space: who is meant is whoever is named nowhere. */
const anybody = 'anybody else';

/**
 * Who a set of policies let do something with a thing as it stood. All that policies can tell persons apart by is their roles, their unit,
 * and whom the thing or a policy names: so each role is asked about by itself, with and without each unit that is named, for a person who
 * is named nowhere and for each who is. Throws a `PolicyError` rather than guess.
 */
export function whoCould(set: PolicySet, declared: DeclaredAction, resource: Resource, receiptOf: ReceiptOf): Could {
  const named = [resource.attributes, set.about(declared.action).map(({ json }) => json)];
  const staffIds = idsNamedIn(named, 'Staff');
  const units = idsNamedIn(named, 'Unit');
  const ask = (principal: Principal): Answer => couldBy(set, principal, declared, resource);
  const asStaff = (id: string, role: string, unit?: string): Answer => ask(staff(id, role, unit));
  const roles = set.schema.idsOf('Role').map((role) => {
    const inUnits = new Map(units.map((unit) => [unit, asStaff(anybody, role, unit)]));
    return { role, inUnits, elsewhere: asStaff(anybody, role) };
  });
  const differing = staffIds.map((staffId) => {
    const asked = roles.flatMap(({ role, inUnits, elsewhere }) =>
      [...inUnits, [undefined, elsewhere] as const].map(([unit, others]) => ({
        ...{ role, others: others.allowed },
        ...asStaff(staffId, role, unit),
      })),
    );
    return { staffId, asked: asked.filter(({ allowed, others }) => allowed !== others) };
  });
  const somebody = (allowed: boolean): readonly Somebody[] =>
    differing.flatMap(({ staffId, asked }) => {
      const found = asked.filter((each) => each.allowed === allowed);
      if (found.length === 0) return [];
      return [{ staffId, asRoles: [...new Set(found.map(({ role }) => role))], through: together(set, found) }];
    });
  return {
    everybody: [
      ...roles.flatMap(({ role, inUnits, elsewhere }) => ofRole(set, role, inUnits, elsewhere)),
      ...ofOthers(set, ask, receiptOf),
    ],
    people: somebody(true),
    keptOut: somebody(false),
  };
}

function ofRole(
  set: PolicySet,
  who: string,
  inUnits: ReadonlyMap<string, Answer>,
  elsewhere: Answer,
): readonly Everybody[] {
  const unitsThat = (could: boolean) =>
    [...inUnits].filter(([, { allowed }]) => allowed === could).map(([unit]) => unit);
  const [units, exceptUnits] = [unitsThat(true), unitsThat(false)];
  const through = together(
    set,
    [elsewhere, ...inUnits.values()].filter(({ allowed }) => allowed),
  );
  if (elsewhere.allowed) return [{ kind: 'role', who, ...(exceptUnits.length > 0 ? { exceptUnits } : {}), through }];
  return units.length > 0 ? [{ kind: 'role', who, units, through }] : [];
}

function ofOthers(
  set: PolicySet,
  ask: (principal: Principal) => Answer,
  { concernId, clientId }: ReceiptOf,
): readonly Everybody[] {
  const receipt = { kind: 'reporter', id: anybody, concernId } as const;
  const others = [
    { kind: 'receipt', who: 'reporter', principal: receipt },
    { kind: 'receipt', who: 'client', principal: { ...receipt, clientId } },
    ...set.schema
      .idsOf('Service')
      .map((id) => ({ kind: 'service', who: id, principal: { kind: 'service', id } }) as const),
  ] as const;
  return others.flatMap(({ kind, who, principal }) => {
    const { allowed, policies } = ask(principal);
    return allowed ? [{ kind, who, through: policies }] : [];
  });
}

/** Roles and units as the set's own schema names them, which may be of another release. */
const staff = (id: string, role: string, unit?: string): Principal => ({
  ...{ kind: 'staff', id, roles: [role as Role] },
  ...(unit === undefined ? {} : { unit: unit as Unit }),
});

/** Each policy once, in the order of the set. */
const together = (set: PolicySet, answers: readonly Answer[]): readonly Policy[] =>
  set.policies.filter((policy) => answers.some(({ policies }) => policies.includes(policy)));
