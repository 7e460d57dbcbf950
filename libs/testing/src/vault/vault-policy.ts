export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'sudo' | 'deny';

interface Rule {
  readonly path: string;
  readonly capabilities: readonly Capability[];
}

const rule = /path\s+"(?<path>[^"]+)"\s*\{\s*capabilities\s*=\s*\[(?<list>[^\]]*)\]\s*\}/g;

/** The rules of a policy as Vault's language writes them; comments and blank lines beside. Throws at anything else. */
export function parsePolicy(text: string): readonly Rule[] {
  const bare = text.replace(/^\s*#.*$/gm, '');
  const rules = [...bare.matchAll(rule)].map(({ groups }) => ({
    path: groups?.path ?? '',
    capabilities: (groups?.list ?? '').split(',').map((each) => each.trim().replaceAll('"', '') as Capability),
  }));
  if (bare.replace(rule, '').trim() !== '') throw new Error('a policy with something that is no rule');
  return rules;
}

/** Of exact paths and of those that end in `*` the longest decides; without any, nothing is allowed. */
export function allows(rules: readonly Rule[], path: string, capability: Capability): boolean {
  const fits = (each: Rule): boolean =>
    each.path.endsWith('*') ? path.startsWith(each.path.slice(0, -1)) : path === each.path;
  const [best] = rules.filter(fits).sort((one, other) => other.path.length - one.path.length);
  return best !== undefined && !best.capabilities.includes('deny') && best.capabilities.includes(capability);
}
