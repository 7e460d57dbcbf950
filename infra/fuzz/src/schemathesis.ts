import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const VERSION = '4.32.5';
const run = promisify(execFile);

export class FuzzError extends Error {
  override readonly name = 'FuzzError';
}

/** Where its command is; installed once for this machine, with pip, into an environment of its own. */
export async function installedSchemathesis(): Promise<string> {
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'waymark');
  const home = path.join(cache, `schemathesis-${VERSION}`);
  const command = path.join(home, 'bin', 'st');
  if (existsSync(path.join(home, 'complete'))) return command;
  console.log(`Installing schemathesis ${VERSION} with pip, once for this machine ...`);
  await rm(home, { recursive: true, force: true });
  await mkdir(cache, { recursive: true });
  await step('python3', ['-m', 'venv', home], 'needs Python 3.10 or newer with its module venv');
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `schemathesis==${VERSION}`];
  await step(path.join(home, 'bin', 'python'), pip, 'could not install schemathesis with pip');
  await mkdir(path.join(home, 'complete.new'));
  await rename(path.join(home, 'complete.new'), path.join(home, 'complete'));
  return command;
}

async function step(command: string, args: readonly string[], need: string): Promise<void> {
  await run(command, [...args]).catch((error: { readonly stderr?: string; readonly message: string }) => {
    const [reason = ''] = (error.stderr || error.message).trim().split('\n').slice(-1);
    throw new FuzzError(`npm run fuzz ${need}: ${reason}`);
  });
}

export interface Finished {
  readonly code: number | null;
  readonly output: string;
}

/** Runs it in a folder, where its configuration lies. */
export async function schemathesis(command: string, cwd: string, args: readonly string[]): Promise<Finished> {
  const child = spawn(command, [...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, output: Buffer.concat(chunks).toString() };
}
