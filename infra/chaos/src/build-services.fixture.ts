import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** As `npm run build` would; nothing to do but to look when the output is up to date. */
export async function buildServices(): Promise<void> {
  const script = "await (await import('./tools/prepare.mjs')).prepare({ quiet: true })";
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd: process.cwd() });
}
