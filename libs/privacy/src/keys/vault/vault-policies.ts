const rule = (path: string, ...capabilities: readonly string[]): string =>
  `path "${path}" {\n  capabilities = [${capabilities.map((each) => `"${each}"`).join(', ')}]\n}\n`;

/** What a service may do with its own Transit key, and with no other: neither make, rotate nor configure it. */
export const vaultPolicyOfService = (key: string, mount = 'transit'): string =>
  [
    // Without "create" a key that is missing is an error. With it Vault would make one, and hide that the old one is gone.
    ...['encrypt', 'decrypt', 'rewrap'].map((act) => rule(`${mount}/${act}/${key}`, 'update')),
    rule(`${mount}/keys/${key}`, 'read'),
  ].join('');

/** What whoever rotates may do with the keys of all services: everything but to use them for opening. */
export const vaultPolicyOfOperator = (keys: readonly string[], mount = 'transit'): string =>
  keys
    .flatMap((key) => [
      rule(`${mount}/keys/${key}`, 'create', 'read', 'update'),
      rule(`${mount}/keys/${key}/rotate`, 'update'),
      rule(`${mount}/keys/${key}/config`, 'update'),
      rule(`${mount}/rewrap/${key}`, 'update'),
    ])
    .join('');
