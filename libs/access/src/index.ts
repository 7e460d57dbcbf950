export * from './access-error.js';
export * from './access-guard.js';
export * from './access-log.js';
export * from './access-rule.js';
export * from './access.module.js';
export * from './actor.js';
export * from './authenticator.js';
export * from './caller.js';
export * from './claims.js';
export * from './demanded-decisions.js';
export { FAILED_READS, type FailedRead, type FailedReads, Reading } from './failed-reads.js';
export { couldBy } from './policy/could.js';
export {
  type ActionName,
  type ActionOn,
  type ContextOf,
  decide,
  type Decision,
  isAction,
  platform,
  policySet,
  type Resource,
  type ResourceType,
  resourceTypeOf,
} from './policy/decide.js';
export { purposeRef, roleRefs, staffRef, staffRefs, stageRef, unitRef, unitRefs } from './policy/entity.js';
export * from './policy/explain.js';
export { type Policy, PolicyError } from './policy/policy.js';
export type { DeclaredAction } from './policy/policy-schema.js';
export { PolicySet } from './policy/policy-set.js';
export { digestOf, type PolicySources, shippedSources } from './policy/policy-sources.js';
export * from './principal.js';
export * from './receipt-sessions.js';
export * from './receipt-token.js';
export * from './revocations.js';
export * from './routes.js';
export * from './service-token-source.js';
export * from './stated-purpose.js';
export * from './token-verifier.js';
