// npm run lint: format, code rules, import rules, policies, and for each of these rules a violation that it must report.
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const steps = [
  ['node_modules/prettier/bin/prettier.cjs', '--check', '--cache', '--cache-location', '.nx/prettier-cache', '.'],
  ['tools/lint/imports.mjs'],
  ['tools/lint/code.mjs'],
  ['tools/lint/policies.mjs'],
];

// Each prints at once when it has ended, so that none talks into another.
const codes = await Promise.all(
  steps.map(async (step) => {
    const { code, output } = await run(step);
    process.stdout.write(output);
    return code;
  }),
);
const passed = codes.every((code) => code === 0);
console.log(passed ? 'lint: all is well' : 'lint: failed');
process.exitCode = passed ? 0 : 1;

function run(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output: Buffer.concat(output) }));
  });
}
