// node infra/docker/collect.mjs SERVICE TARGET: copies what one built service needs to run, and nothing else, into an empty folder.
// The packages are those that `npm ci` installed from the lock file: found by following imports, not by a second installation.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..', '..');
const [service, target] = process.argv.slice(2);
const home = ['services', 'infra'].map((kind) => path.join(root, kind, service ?? '')).find(isStartable);
if (!home || !target) fail('Usage: node infra/docker/collect.mjs SERVICE TARGET, after the service was built');
if (existsSync(target) && readdirSync(target).length > 0) fail(`${target} is not empty`);

const lock = readJson(path.join(root, 'package-lock.json')).packages;
const workspaces = new Map(
  ['libs', 'services', 'infra'].flatMap((kind) =>
    readdirSync(path.join(root, kind)).flatMap((name) => {
      const file = path.join(root, kind, name, 'package.json');
      return existsSync(file) ? [[readJson(file).name, path.join(root, kind, name)]] : [];
    }),
  ),
);

const { ours, theirs } = reachableFrom(path.join(home, 'dist', 'main.js'));
const installed = closureOf(theirs);
copyBuilt(home, target);
for (const name of ours) copyBuilt(workspaces.get(name), path.join(target, 'node_modules', name));
for (const folder of installed) copyInstalled(folder);
writeFileSync(path.join(target, 'packages.json'), `${JSON.stringify(versionsOf(installed), null, 2)}\n`);
startsFrom(target);
console.log(`${service}: ${ours.size} packages of our own, ${installed.size} others`);

function isStartable(folder) {
  return existsSync(path.join(folder, 'dist', 'main.js'));
}

/** Packages that the module and whatever it imports need: of this repository, and others. */
function reachableFrom(entry) {
  const ours = new Set();
  const theirs = new Set();
  const seen = new Set();
  const visit = (file) => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const specifier of importsOf(readFileSync(file, 'utf8'))) {
      if (specifier.startsWith('.')) visit(path.resolve(path.dirname(file), specifier));
      else if (workspaces.has(specifier)) {
        ours.add(specifier);
        visit(path.join(workspaces.get(specifier), 'dist', 'index.js'));
      } else if (!specifier.startsWith('node:')) theirs.add(packageOf(specifier));
    }
  };
  visit(entry);
  return { ours, theirs };
}

/** What SWC leaves of imports and re-exports: types are gone. */
function importsOf(code) {
  const pattern =
    /^\s*(?:import|export)\b[^;'"]*?\bfrom\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;
  return [...code.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3]);
}

function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The folders of packages and of all that they depend on, resolved as Node does. */
function closureOf(names) {
  const folders = new Set();
  const visit = (folder) => {
    if (folders.has(folder)) return;
    folders.add(folder);
    const {
      dependencies = {},
      optionalDependencies = {},
      peerDependencies = {},
    } = readJson(path.join(folder, 'package.json'));
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const found = resolve(name, folder);
      // What is missing is optional or of another platform; what is only for development is an optional peer.
      if (found && !isForDevelopment(found)) visit(found);
    }
  };
  for (const name of names) visit(resolve(name, root) ?? fail(`${name} is not installed`));
  return folders;
}

function resolve(name, from) {
  for (let folder = from; folder.startsWith(root); folder = path.dirname(folder)) {
    const found = path.join(folder, 'node_modules', name);
    if (existsSync(path.join(found, 'package.json'))) return found;
  }
  return undefined;
}

function isForDevelopment(folder) {
  const entry = lock[path.relative(root, folder)];
  return Boolean(entry?.dev || entry?.devOptional);
}

function copyBuilt(from, to) {
  mkdirSync(to, { recursive: true });
  cpSync(path.join(from, 'package.json'), path.join(to, 'package.json'));
  cpSync(path.join(from, 'dist'), path.join(to, 'dist'), { recursive: true, filter: isForRunning });
}

function copyInstalled(folder) {
  const filter = (source) => path.basename(source) !== 'node_modules' && isForRunning(source);
  cpSync(folder, path.join(target, path.relative(root, folder)), { recursive: true, filter });
}

function isForRunning(file) {
  return !/\.(map|d\.[cm]?ts|md|markdown)$/i.test(file) || statSync(file).isDirectory();
}

/** What is inside, for whoever looks for a package with a known weakness. */
function versionsOf(folders) {
  const entries = [...folders].map((folder) => {
    const name = path.relative(path.join(root, 'node_modules'), folder);
    return [name, lock[path.relative(root, folder)]?.version];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A service without any configuration ends by naming what it lacks: it gets so far only when every module is there. */
function startsFrom(folder) {
  try {
    execFileSync(process.execPath, ['dist/main.js'], { cwd: folder, env: {}, stdio: 'pipe' });
  } catch (error) {
    if (error.status === 1 && String(error.stderr).includes(' is missing')) return;
    fail(`${service} does not start from ${folder}:\n${error.stderr}`);
  }
  fail(`${service} was expected to refuse an empty environment`);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
