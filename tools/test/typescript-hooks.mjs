import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from '@swc/core';
import swcOptions from './swc-options.cjs';

const root = path.resolve(import.meta.dirname, '../..');
const jestGlobals = new URL('one-realm/globals.mjs', import.meta.url);
const sharedJestGlobals = new URL('one-realm/shared-globals.mjs', import.meta.url);

/**
 * `@waymark/privacy` is its source, `./x.js` may be `./x.ts`. What belongs to a spec (`….spec.ts?run=7`) is loaded anew with it:
 * every fixture that it imports carries the same number. The sources of the product are loaded once, as Node does.
 */
export async function resolve(specifier, context, next) {
  const parent = context.parentURL ? new URL(context.parentURL) : undefined;
  if (!parent?.pathname.endsWith('.ts')) return next(specifier, context);
  if (specifier === '@jest/globals') return { url: globalsFor(parent), shortCircuit: true };
  const source = sourceOf(specifier, parent);
  if (!source) return next(specifier, context);
  if (source.pathname.endsWith('.fixture.ts')) source.search = parent.search;
  return { url: source.href, shortCircuit: true };
}

const globalsFor = ({ search }) => (search ? jestGlobals.href + search : sharedJestGlobals.href);

function sourceOf(specifier, parent) {
  const [, name] = /^@waymark\/([a-z-]+)$/.exec(specifier) ?? [];
  if (name) return ['libs', 'services', 'infra'].map((folder) => indexOf(folder, name)).find(isThere);
  if (!/^\.{1,2}\/.*\.js$/.test(specifier)) return undefined;
  return [new URL(specifier.replace(/js$/, 'ts'), parent)].find(isThere);
}

const indexOf = (folder, name) => pathToFileURL(path.join(root, folder, name, 'src/index.ts'));

const isThere = (url) => existsSync(fileURLToPath(url));

export async function load(url, context, next) {
  if (!new URL(url).pathname.endsWith('.ts')) return next(url, context);
  const file = fileURLToPath(url);
  const { code } = await transform(await readFile(file, 'utf8'), swcOptions(file));
  return { format: 'module', source: code, shortCircuit: true };
}
