import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import type { KafkaOperation, KafkaRight } from './kafka-rights.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const operations: Readonly<Record<KafkaOperation, number>> = {
  create: AclOperationTypes.CREATE,
  describe: AclOperationTypes.DESCRIBE,
  'describe configs': AclOperationTypes.DESCRIBE_CONFIGS,
  read: AclOperationTypes.READ,
  write: AclOperationTypes.WRITE,
};

/** How many single permissions were given and taken. */
export interface ChangedRights {
  readonly given: number;
  readonly taken: number;
}

/**
 * Makes the ACLs of these users what their rights say: missing ones are given, others taken. Those of other users, and denials, stay
 * as they are. The cluster needs an authorizer, and whoever asks the right to alter ACLs.
 */
export async function applyKafkaRights(
  admin: Admin,
  rights: ReadonlyMap<string, readonly KafkaRight[]>,
): Promise<ChangedRights> {
  const missing: AclEntry[] = [];
  const surplus: AclEntry[] = [];
  for (const [user, wanted] of rights) {
    const declared = byKey(wanted.flatMap((right) => entriesOf(user, right)));
    const present = byKey(await allowedTo(admin, user));
    missing.push(...[...declared].flatMap(([key, entry]) => (present.has(key) ? [] : [entry])));
    surplus.push(...[...present].flatMap(([key, entry]) => (declared.has(key) ? [] : [entry])));
  }
  if (missing.length > 0) await admin.createAcls({ acl: missing });
  if (surplus.length > 0) await admin.deleteAcls({ filters: surplus });
  return { given: missing.length, taken: surplus.length };
}

const principalOf = (user: string): string => `User:${user}`;

const entriesOf = (user: string, right: KafkaRight): readonly AclEntry[] =>
  right.operations.map((operation) => ({
    resourceType: right.resource === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: right.name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: principalOf(user),
    host: '*',
    operation: operations[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }));

async function allowedTo(admin: Admin, user: string): Promise<readonly AclEntry[]> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    principal: principalOf(user),
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ALLOW,
  });
  return resources.flatMap(({ acls, resourceType, resourceName, resourcePatternType }) =>
    acls.map((acl) => ({ ...acl, resourceType, resourceName, resourcePatternType })),
  );
}

const byKey = (entries: readonly AclEntry[]): ReadonlyMap<string, AclEntry> =>
  new Map(
    entries.map((entry) => {
      const { resourceType, resourceName, resourcePatternType, principal, host, operation } = entry;
      return [JSON.stringify([resourceType, resourceName, resourcePatternType, principal, host, operation]), entry];
    }),
  );
