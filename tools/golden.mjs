// npm run golden: writes the golden file of each event, and of each service's processes, whose version is new, then checks all of them.
import { spawnSync } from 'node:child_process';
import { root } from './prepare.mjs';

const run = (...args) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, WAYMARK_WRITE_GOLDEN_EVENTS: '1' },
  }).status ?? 1;

const checked = run('tools/test.mjs', 'golden-events.spec', 'golden-processes.spec');
const formatted = run('node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', '**/golden/*.json');
process.exitCode = checked || formatted;
