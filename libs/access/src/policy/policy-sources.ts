import { createHash } from 'node:crypto';
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

/** SHA-256 over all texts of a policy set, in hex: equal for equal sets, whatever the order of the files. */
export function digestOf({ schema, files }: PolicySources): string {
  const named = Object.entries(files).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([schema, named]))
    .digest('hex');
}
