// npm run check:keycloak: imports the realm into a real Keycloak and lets our own token check judge the tokens that it gives out.
// Needs Java 17 or newer, and Maven to fetch Keycloak the first time (or KEYCLOAK_HOME, whose data folder is then emptied).
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { prepare, root } from '../../tools/prepare.mjs';

const VERSION = '26.4.0';
const READY_MS = 180_000;
const run = promisify(execFile);

await prepare();
const { createServiceTokenSource, createTokenVerifier } = await import('@waymark/access');
const { demoPeople } = await import('@waymark/identity');
const { services } = await import('@waymark/provision');

const secrets = new Map(services.map(({ name }) => [name, randomBytes(16).toString('hex')]));
const demoPassword = randomBytes(9).toString('hex');
let failures = 0;

const keycloak = await startKeycloak();
try {
  await checkTokens(keycloak);
} finally {
  await keycloak.stop();
}
console.log(failures === 0 ? 'The realm is as the services expect it.' : `${failures} checks failed.`);
process.exitCode = failures === 0 ? 0 : 1;

async function checkTokens({ issuer, issuerAddress, tokenEndpoint }) {
  const verifier = createTokenVerifier({ issuer, issuerAddress, audience: 'urn:waymark:api' });
  for (const { id, username, roles, unit } of demoPeople) {
    const { access_token: token } = await grant(tokenEndpoint, username, demoPassword);
    const expected = { kind: 'staff', id, roles: [...roles].sort(), ...(unit === undefined ? {} : { unit }) };
    const principal = await verifier.verify(token);
    check(`${username} signs in`, { ...principal, roles: [...principal.roles].sort() }, expected);
    const { iat, exp } = claimsOf(token);
    if (exp - iat !== 300) check(`${username}'s token lives for five minutes`, exp - iat, 300);
  }
  const refused = await grant(tokenEndpoint, demoPeople[0].username, 'wrong');
  check('a wrong password is refused', refused.error, 'invalid_grant');
  for (const [service, clientSecret] of secrets) {
    const source = createServiceTokenSource({ issuer, issuerAddress, clientId: `waymark-${service}`, clientSecret });
    check(`service ${service} gets a token`, await verifier.verify(await source.token()), {
      kind: 'service',
      id: service,
    });
  }
  const otherAudience = createTokenVerifier({ issuer, issuerAddress, audience: 'urn:other:api' });
  const { access_token: token } = await grant(tokenEndpoint, demoPeople[0].username, demoPassword);
  const refusal = await otherAudience.verify(token).catch((error) => error.fault);
  check('a token is good for this platform only', refusal, 'audience');
}

function check(what, found, expected) {
  const same = JSON.stringify(found) === JSON.stringify(expected);
  if (!same) failures += 1;
  console.log(same ? `✓ ${what}` : `✗ ${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
}

async function grant(tokenEndpoint, username, password) {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'waymark-cli', username, password });
  return (await fetch(tokenEndpoint, { method: 'POST', body })).json();
}

function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}

/** Its public name is `localhost`; it is asked at 127.0.0.1, as services behind the public name do. */
async function startKeycloak() {
  const home = process.env.KEYCLOAK_HOME ?? (await fetchedKeycloak());
  await rm(path.join(home, 'data'), { recursive: true, force: true });
  await mkdir(path.join(home, 'data', 'import'), { recursive: true });
  const realm = path.join(root, 'infra', 'keycloak', 'waymark-realm.json');
  await copyFile(realm, path.join(home, 'data', 'import', 'waymark-realm.json'));
  const port = await freePort();
  const issuer = `http://localhost:${port}/realms/waymark`;
  const issuerAddress = `http://127.0.0.1:${port}/realms/waymark`;
  const child = spawn(path.join(home, 'bin', 'kc.sh'), ['start-dev', '--import-realm'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      KC_HTTP_PORT: String(port),
      KC_HTTP_HOST: '127.0.0.1',
      KC_HOSTNAME: `http://localhost:${port}`,
      KC_HOSTNAME_BACKCHANNEL_DYNAMIC: 'true',
      WAYMARK_DEMO_PASSWORD: demoPassword,
      ...Object.fromEntries([...secrets].map(([name, secret]) => [`IDENTITY_SECRET_${name.toUpperCase()}`, secret])),
    },
  });
  const output = [];
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${issuerAddress}/.well-known/openid-configuration`).catch(() => undefined);
    if (answer?.ok) {
      const { token_endpoint: tokenEndpoint } = await answer.json();
      return { issuer, issuerAddress, tokenEndpoint, stop };
    }
    await pause(250);
  }
  await stop();
  throw new Error(`Keycloak did not become ready:\n${Buffer.concat(output)}`);
}

async function fetchedKeycloak() {
  const cache = path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'waymark');
  const home = path.join(cache, `keycloak-${VERSION}`);
  if (existsSync(home)) return home;
  console.log(`Fetching Keycloak ${VERSION} with Maven, once for this machine ...`);
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(`${home}-`);
  const artifact = `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`;
  await run('mvn', ['-B', '-q', 'dependency:unpack', `-Dartifact=${artifact}`, `-DoutputDirectory=${unfinished}`]);
  await rename(path.join(unfinished, `keycloak-${VERSION}`), home);
  await rm(unfinished, { recursive: true });
  return home;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
