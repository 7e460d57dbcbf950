import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Report } from './report.js';

/** What Waymark is measured against has a folder of its own. */
export const peersDir = path.resolve(import.meta.dirname, '..', 'peers');

export async function installPeers(): Promise<void> {
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: peersDir, stdio: 'ignore' });
  const [code] = await once(npm, 'close');
  if (code !== 0) throw new Error(`npm ci in ${peersDir} failed with code ${code}`);
}

export async function versionsWith(postgres: string): Promise<Report['versions']> {
  const file = path.join(peersDir, 'node_modules', '@event-driven-io', 'emmett-postgresql', 'package.json');
  const emmett: { version: string } = JSON.parse(await readFile(file, 'utf8'));
  return { node: process.versions.node, postgres, emmett: emmett.version };
}
