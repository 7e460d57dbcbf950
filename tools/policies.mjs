// npm run policies: writes what TypeScript must know of the policies' schema, and the page that says who may do what.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { prepare, root } from './prepare.mjs';

const actions = 'libs/access/src/policy/actions.ts';
const page = 'docs/access.md';

const load = async (file) => {
  await prepare({ quiet: true });
  return import(path.join(root, 'libs/access/dist/policy', file));
};
const write = (file, text) => {
  writeFileSync(path.join(root, file), text);
  const prettier = ['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', file];
  const { status } = spawnSync(process.execPath, prettier, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${file} cannot be formatted`);
};

try {
  const { shippedSources } = await load('policy-sources.js');
  const sources = shippedSources();
  const { PolicySet } = await load('policy-set.js');
  new PolicySet(sources);
  const { actionsSource } = await load('actions-source.js');
  write(actions, actionsSource(sources.schema));
  const { accessPage } = await load('access-page.js');
  const { policySet } = await load('decide.js');
  write(page, accessPage(policySet()));
  console.log(`${actions} and ${page} written`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
