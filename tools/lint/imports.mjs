// dependency-cruiser over the tree, then over a copy of it in which the canaries are planted.
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import config from '../../.dependency-cruiser.mjs';
import { importCanaries } from './import-canaries.mjs';
import { reportCanaries } from './report.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const groups = ['libs', 'services', 'infra'];

const reasons = new Map(config.forbidden.map(({ name, comment }) => [name, comment]));
const found = (await violations(root)).map(
  ({ rule, path }) => `  ${path.join(' → ')}\n    ${rule}: ${reasons.get(rule)}`,
);
for (const line of found) console.log(line);
console.log(found.length === 0 ? 'imports: clean' : `imports: ${found.length} found`);

console.log('canaries of the import rules:');
const rulesWithout = config.forbidden.filter(({ name }) => !importCanaries.some(({ rule }) => rule === name));
const outcomes = [
  ...(await caughtInACopy()),
  ...rulesWithout.map(({ name }) => ({ rule: name, says: 'has no canary', fired: [] })),
];
process.exitCode = reportCanaries(outcomes) && found.length === 0 ? 0 : 1;

async function caughtInACopy() {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'waymark-canaries-')));
  try {
    const copy = path.join(folder, 'copy');
    copyTree(copy);
    for (const [file, text] of importCanaries.flatMap(({ files }) => Object.entries(files))) {
      mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
      writeFileSync(path.join(copy, file), `${text}\n`);
    }
    const fired = await violations(copy);
    return importCanaries.map(({ files, ...canary }) => {
      const culprit = Object.keys(files)[0];
      return { ...canary, fired: [...new Set(fired.filter(({ from }) => from === culprit).map(({ rule }) => rule))] };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sources and links between packages as in the tree; other packages are found one folder up, as Node looks for them. */
function copyTree(copy) {
  for (const group of groups) {
    for (const name of readdirSync(path.join(root, group))) {
      const from = path.join(root, group, name);
      cpSync(from, path.join(copy, group, name), {
        recursive: true,
        filter: (file) => !/[\\/](dist|node_modules)$/.test(file),
      });
      if (!existsSync(path.join(from, 'package.json'))) continue;
      const manifest = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8'));
      const link = path.join(copy, 'node_modules', manifest.name);
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.join(copy, group, name), link, 'junction');
    }
  }
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.base.json'])
    cpSync(path.join(root, file), path.join(copy, file));
  cpSync(path.join(root, 'tests'), path.join(copy, 'tests'), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, '..', 'node_modules'), 'junction');
}

async function violations(folder) {
  const cruiser = path.join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = ['--config', path.join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', ...groups, 'tests'];
  const { summary } = JSON.parse(await outputOf(process.execPath, [cruiser, ...args], folder));
  return summary.violations.map(({ from, to, rule, cycle }) => ({
    rule: rule.name,
    from,
    path: [from, ...(cycle?.map(({ name }) => name) ?? [to])],
  }));
}

function outputOf(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    // Its exit code counts violations; only an answer that is no report is a failure.
    child.once('close', () => resolve(Buffer.concat(output).toString('utf8')));
  });
}
