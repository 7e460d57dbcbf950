// All tests (npm test), or some: node tools/test.mjs libs/privacy -t 'name of a test'
import { spawn } from 'node:child_process';
import { buildForTests, prepare, root } from './prepare.mjs';

const args = process.argv.slice(2);
const narrow = args.some((arg) => !arg.startsWith('-'));

try {
  if (narrow) await buildForTests();
  else await prepareAll();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

const jest = [
  '--no-warnings',
  '--import',
  new URL('test/typescript.mjs', import.meta.url).href,
  'node_modules/jest/bin/jest.js',
  '--config',
  'jest.config.mjs',
];
const child = spawn(process.execPath, [...jest, ...args], { cwd: root, stdio: 'inherit' });

// jest ends the run in order, so this process waits for it: a terminal's Ctrl-C reaches both of us,
// a supervisor's signal only this one.
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
child.once('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

async function prepareAll() {
  await prepare();
  const { prepareKafka } = await import('../libs/testing/dist/kafka/prepare-kafka.js');
  await prepareKafka(console.log);
}
