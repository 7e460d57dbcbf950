import type { EntityJson } from './cedar.js';
import { type CaseStage, comparedStaffId, type Role, type StatedPurpose, type Unit } from '@waymark/contracts';
import type { Principal } from '../principal.js';

/** A reference to an entity, as Cedar reads it in an attribute. */
export interface EntityRef<Type extends string> {
  readonly __entity: { readonly type: Type; readonly id: string };
}

const ref = <Type extends string>(type: Type, id: string): EntityRef<Type> => ({ __entity: { type, id } });

/** References for the attributes of resources and contexts. */
export const staffRef = (id: string): EntityRef<'Staff'> => ref('Staff', comparedStaffId(id));
export const staffRefs = (ids: readonly string[]): readonly EntityRef<'Staff'>[] => ids.map(staffRef);
export const roleRefs = (roles: readonly Role[]): readonly EntityRef<'Role'>[] =>
  roles.map((role) => ref('Role', role));
export const unitRef = (unit: Unit): EntityRef<'Unit'> => ref('Unit', unit);
export const stageRef = (stage: CaseStage): EntityRef<'Stage'> => ref('Stage', stage);
export const purposeRef = (purpose: StatedPurpose): EntityRef<'Purpose'> => ref('Purpose', purpose);
export const unitRefs = (units: readonly Unit[]): readonly EntityRef<'Unit'>[] => units.map(unitRef);

/** The entity types of principals. */
export const principalTypes = {
  staff: 'Staff',
  reporter: 'Reporter',
  service: 'Service',
  anonymous: 'Anyone',
} as const satisfies Record<Principal['kind'], string>;
export type PrincipalType = (typeof principalTypes)[Principal['kind']];

/** Who asks, as the policies see them. */
export function principalEntity(principal: Principal): EntityJson {
  const type = principalTypes[principal.kind];
  switch (principal.kind) {
    case 'staff': {
      const roles = principal.roles.map((role) => ({ type: 'Role', id: role }));
      const unit = principal.unit === undefined ? [] : [{ type: 'Unit', id: principal.unit }];
      return { uid: { type, id: comparedStaffId(principal.id) }, attrs: {}, parents: [...roles, ...unit] };
    }
    case 'reporter': {
      const { concernId, clientId, reporterId } = principal;
      return {
        uid: { type, id: principal.id },
        attrs: {
          concern: ref('Concern', concernId),
          ...(clientId === undefined ? {} : { client: ref('Client', clientId) }),
          ...(reporterId === undefined ? {} : { self: ref('Client', reporterId) }),
        },
        parents: [
          'reporter',
          ...(clientId === undefined ? [] : ['client']),
          ...(reporterId === undefined ? [] : ['own']),
        ].map((id) => ({ type: 'Receipt', id })),
      };
    }
    case 'service':
      return { uid: { type, id: principal.id }, attrs: {}, parents: [] };
    case 'anonymous':
      return { uid: { type, id: 'anyone' }, attrs: {}, parents: [] };
  }
}
