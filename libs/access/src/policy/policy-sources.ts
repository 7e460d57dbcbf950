import { readdirSync, readFileSync } from 'node:fs';

/** The texts of a policy set: its schema, and its policies by file. */
export interface PolicySources {
  readonly schema: string;
  readonly files: Readonly<Record<string, string>>;
}

/** The policy set of the platform, as it lies beside this file. */
export function shippedSources(): PolicySources {
  const names = readdirSync(new URL('policies/', import.meta.url)).filter((name) => name.endsWith('.cedar'));
  const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
  return {
    schema: read('waymark.cedarschema'),
    files: Object.fromEntries(names.toSorted().map((name) => [name, read(`policies/${name}`)])),
  };
}
