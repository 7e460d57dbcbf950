import { spawn } from 'node:child_process';
import { buildForTests, prepare, root } from './prepare.mjs';

const args = process.argv.slice(2);
const narrow = args.some((arg) => !arg.startsWith('-'));

try {
  if (narrow) await buildForTests();
  else await prepare({ quiet: false });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const jest = [
  '--experimental-vm-modules',
  '--no-warnings',
  'node_modules/jest/bin/jest.js',
  '--config',
  'jest.config.mjs',
];
const child = spawn(process.execPath, [...jest, ...args], { cwd: root, stdio: 'inherit' });

// A terminal sends Ctrl-C to both of us; a supervisor may signal this process alone.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
child.once('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
