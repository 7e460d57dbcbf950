import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transform } from '@swc/core';

const root = path.resolve(import.meta.dirname, '../..');
const { $schema: _, ...swc } = JSON.parse(readFileSync(path.join(root, '.swcrc'), 'utf8'));

/** The same names as in jest.config.mjs: `@waymark/privacy` is its source, `./x.js` may be `./x.ts`. */
export async function resolve(specifier, context, next) {
  const [, name] = /^@waymark\/([a-z-]+)$/.exec(specifier) ?? [];
  const source = ['libs', 'services', 'infra']
    .map((folder) => path.join(root, folder, name ?? '', 'src/index.ts'))
    .find((file) => name !== undefined && existsSync(file));
  if (source) return { url: pathToFileURL(source).href, shortCircuit: true };
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
    const url = new URL(specifier.replace(/js$/, 'ts'), context.parentURL);
    if (existsSync(fileURLToPath(url))) return { url: url.href, shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const file = fileURLToPath(url);
  const { code } = await transform(await readFile(file, 'utf8'), {
    ...swc,
    sourceMaps: 'inline',
    swcrc: false,
    filename: file,
  });
  return { format: 'module', source: code, shortCircuit: true };
}
