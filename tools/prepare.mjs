// Makes a fresh or changed clone ready to run. Plain Node: nothing may be installed yet.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');

/** Installs when the lock file says so and builds what has changed since the last time. */
export async function prepare({ quiet = false } = {}) {
  requireNode();
  await oneAtATime(async () => {
    await install({ quiet });
    await build(projects(), { quiet });
  });
}

function projects() {
  return ['libs', 'services', 'infra']
    .flatMap((folder) => readdirSync(path.join(root, folder)).map((name) => path.join(folder, name)))
    .filter((project) => existsSync(path.join(root, project, 'src')));
}

/** Builds only what the set-up of a test run is made of; the tests themselves run from the sources. */
export async function buildForTests() {
  requireNode();
  await oneAtATime(async () => {
    if (!existsSync(path.join(root, 'node_modules'))) await install({ quiet: false });
    await build(['libs/testing', 'infra/local-postgres'], { quiet: true });
  });
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Waymark needs Node 20.19 or newer; this is ${process.versions.node}.`);
}

async function install({ quiet }) {
  if (isInstalled()) return;
  if (!quiet) console.log('Installing packages (npm ci), which takes a minute or two ...');
  await run('npm', ['ci', '--no-audit', '--no-fund']);
}

// npm notes in node_modules what it installed. Dates prove nothing: a checkout renews them.
function isInstalled() {
  const installed = packagesIn(path.join('node_modules', '.package-lock.json'));
  if (!installed) return false;
  return Object.entries(packagesIn('package-lock.json') ?? {}).every(([name, wanted]) => {
    const found = installed[name];
    if (!found) return name === '' || wanted.optional || wanted.devOptional || wanted.peer;
    return found.version === wanted.version && found.integrity === wanted.integrity;
  });
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Builds those of the projects that are not what their sources say, and leaves the others alone: without its daemon nx takes every
 * output away and puts it back, and whoever starts a built service just then finds a part of it missing.
 */
async function build(wanted, { quiet }) {
  const stale = wanted.map((project) => ({ project, sources: stateOfSources(project) })).filter(isStale);
  if (stale.length === 0) return;
  if (!quiet) console.log('Building what has changed ...');
  mkdirSync(path.join(root, '.nx', 'built'), { recursive: true });
  for (const { project } of stale) rmSync(recordOf(project), { force: true });
  const nx = path.join(root, 'node_modules', 'nx', 'dist', 'bin', 'nx.js');
  const names = stale.map(({ project }) => path.basename(project)).join(',');
  const environment = { NX_DAEMON: 'false', NX_TUI: 'false' };
  await run(process.execPath, [nx, 'run-many', '-t', 'build', '-p', names], environment);
  for (const { project, sources } of stale) writeFileSync(recordOf(project), sources);
}

/** Where it is noted from what a project was built. */
const recordOf = (project) => path.join(root, '.nx', 'built', path.basename(project));

const isStale = ({ project, sources }) =>
  !existsSync(path.join(root, project, 'dist')) || readFileIfThere(recordOf(project)) !== sources;

/** Name, size and date of everything that a project's build is made from. */
function stateOfSources(project) {
  const files = readdirSync(path.join(root, project, 'src'), { recursive: true })
    .filter((name) => !name.endsWith('.spec.ts'))
    .map((name) => path.join(project, 'src', name));
  return [...files.sort(), path.join(project, 'package.json'), '.swcrc', 'nx.json', 'package-lock.json']
    .map((file) => [file, statSync(path.join(root, file))])
    .filter(([, stat]) => stat.isFile())
    .map(([file, stat]) => `${file} ${stat.size} ${stat.mtimeMs}\n`)
    .join('');
}

function run(command, args, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) return resolve();
      reject(new Error(`${Buffer.concat(output)}\n${command} ${args.join(' ')} failed with code ${code}`));
    });
  });
}

// Two runs that build at once would delete each other's output.
async function oneAtATime(work) {
  const lock = path.join(root, '.nx', 'prepare.lock');
  mkdirSync(path.dirname(lock), { recursive: true });
  while (!taken(lock)) await new Promise((resolve) => setTimeout(resolve, 100));
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function taken(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const holder = Number(readFileIfThere(lock));
    if (holder > 0 && !isAlive(holder)) rmSync(lock, { force: true });
    return false;
  }
}

function readFileIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
