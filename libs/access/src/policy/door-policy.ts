import type { PolicyJson } from './cedar.js';

/**
 * What a permit about some action says of who asks, without what it says of the resource and the context: its head's resource and
 * every `when` and `unless` that mentions them are left out. Fewer conditions allow more, so whoever is refused by what is left is refused by the
 * policy on every resource.
 */
export const atTheDoor = (policy: PolicyJson): PolicyJson => ({
  ...policy,
  action: { op: 'All' },
  resource: { op: 'All' },
  conditions: policy.conditions.filter(({ body }) => !speaksOf(body, ['resource', 'context'])),
});

function speaksOf(expression: unknown, variables: readonly string[]): boolean {
  if (typeof expression !== 'object' || expression === null) return false;
  if ('Var' in expression) return variables.includes(String(expression.Var));
  return Object.values(expression).some((part) => speaksOf(part, variables));
}
