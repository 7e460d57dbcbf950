import type { PolicyJson } from './cedar.js';
import * as cedar from './cedar.js';

/** One policy, with what it says of itself. */
export interface Policy {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** The rule of the domain that it implements, as a sentence. */
  readonly rule: string;
  /** What the access log gives as the ground when this policy let somebody read. */
  readonly ground: string;
  readonly file: string;
  readonly text: string;
  readonly json: PolicyJson;
}

/** A policy set that cannot be used. The message names the policies and what is wrong with each. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

const idForm = /^[a-z]+(-[a-z]+)*$/;

/** The policies of a file, in its order. */
export function readPolicies(file: string, text: string): Policy[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') throw new PolicyError(`${file}: ${messagesOf(parts.errors)}`);
  if (parts.policy_templates.length > 0) throw new PolicyError(`${file}: templates are not used here`);
  // The texts come sorted in an order of their own.
  return parts.policies
    .toSorted((one, other) => text.indexOf(one) - text.indexOf(other))
    .map((each) => readPolicy(file, each));
}

function readPolicy(file: string, text: string): Policy {
  const read = cedar.policyToJson(text);
  if (read.type === 'failure') throw new PolicyError(`${file}: ${messagesOf(read.errors)}`);
  const { id, rule, ground = id?.replaceAll('-', '_') } = read.json.annotations ?? {};
  if (!id || !idForm.test(id) || id.length > 64) throw new PolicyError(`${file}: a policy needs an @id in kebab-case`);
  if (!rule || !ground) throw new PolicyError(`${file}: ${id} needs a @rule that says which rule it implements`);
  return { id, effect: read.json.effect, rule, ground, file, text, json: read.json };
}

/** What Cedar found wrong, in one line. */
export const messagesOf = (errors: readonly { readonly message: string }[]): string =>
  errors.map(({ message }) => message).join('; ');
