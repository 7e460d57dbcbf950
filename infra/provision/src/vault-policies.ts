import { vaultPolicyOfOperator, vaultPolicyOfService } from '@waymark/privacy';
import { transitKeyOf } from '@waymark/service-kit';
import { services } from './services.js';

/** A policy for each service, which can use its own key and no other, and one for whoever rotates; each under its name. */
export function vaultPolicies(mount: string): string {
  const keys = services.map(({ name }) => transitKeyOf(name));
  const policies = keys.map((key) => `# policy ${key}\n${vaultPolicyOfService(key, mount)}`);
  return [...policies, `# policy waymark-keys-operator\n${vaultPolicyOfOperator(keys, mount)}`].join('\n');
}
