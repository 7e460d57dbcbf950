// npm run messages: records published messages and writes docs/asyncapi.json from the same declarations.
import { spawnSync } from 'node:child_process';
import { root } from './prepare.mjs';
import { runMain } from './run-main.mjs';

await runMain('infra', 'messages', 'dist', 'main.js');

const prettier = ['node_modules/prettier/bin/prettier.cjs', '--write', '--log-level', 'warn'];
const written = ['docs/asyncapi.json', 'libs/contracts/published'];
const { status } = spawnSync(process.execPath, [...prettier, ...written], { cwd: root, stdio: 'inherit' });
process.exitCode ||= status ?? 1;
