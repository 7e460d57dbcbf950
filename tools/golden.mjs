// npm run golden: writes the golden file of each event, and of each service's processes, whose version is new, and what that event says to
// others, then checks all of them.
import { spawnSync } from 'node:child_process';
import { root } from './prepare.mjs';

const run = (...args) =>
  spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, WAYMARK_WRITE_GOLDEN_EVENTS: '1' },
  }).status ?? 1;

// What an event says is told by its golden file, so that comes second.
const checked =
  run('tools/test.mjs', 'golden-events.spec', 'golden-processes.spec') || run('tools/test.mjs', 'said-by-events.spec');
const written = ['**/golden/*.json', 'services/*/src/integration/said-by-events.json'];
const formatted = run('node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', ...written);
process.exitCode = checked || formatted;
