// npm run check:keycloak: imports the realm into a real Keycloak, lets our own token check judge the tokens that it gives out, and
// plays the story against all services as processes over it, everybody with a second factor.
// Needs Java 17 or newer, and Maven to fetch Keycloak the first time (or KEYCLOAK_HOME, whose data folder is then emptied).
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
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
const { startPostgres } = await import('@waymark/local-postgres');
const { startProcesses } = await import('@waymark/processes');
const { provision, services } = await import('@waymark/provision');
const { runStory, timeBasedCode } = await import('@waymark/story');
const { freePort, startKafka } = await import('@waymark/testing');

const password = randomBytes(9).toString('hex');
const totpSecret = randomBytes(20).toString('hex');
let failures = 0;

const dir = await mkdtemp(path.join(tmpdir(), 'waymark-keycloak-'));
// The database server may have to run as another user.
await chmod(dir, 0o755);
const superuserPassword = randomBytes(12).toString('hex');
const postgres = await startPostgres({ dataDir: path.join(dir, 'data'), port: await freePort(), superuserPassword });
try {
  const secretsDir = path.join(dir, 'secrets');
  const provisioned = await provision({ adminUrl: postgres.url(), secretsDir, bus: 'kafka' });
  const secrets = new Map([...provisioned].map(([name, { SERVICE_CLIENT_SECRET }]) => [name, SERVICE_CLIENT_SECRET]));
  const keycloak = await startKeycloak(secrets);
  try {
    await checkTokens(keycloak, secrets);
    await checkSecondFactor(keycloak);
    await playStory(keycloak);
  } finally {
    await keycloak.stop();
  }
} finally {
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
console.log(failures === 0 ? 'The realm is as the services expect it.' : `${failures} checks failed.`);
process.exitCode = failures === 0 ? 0 : 1;

async function checkTokens({ issuer, issuerAddress, tokenEndpoint }, secrets) {
  const verifier = createTokenVerifier({ issuer, issuerAddress, audience: 'urn:waymark:api', secondFactors: ['otp'] });
  for (const { id, username, roles, unit } of demoPeople) {
    const { access_token: token } = await grant(tokenEndpoint, { username, password, totp: codeNow() });
    const expected = { kind: 'staff', id, roles: [...roles].sort(), ...(unit === undefined ? {} : { unit }) };
    const principal = await verifier.verify(token);
    check(`${username} signs in`, { ...principal, roles: [...principal.roles].sort() }, expected);
    const { iat, exp } = claimsOf(token);
    if (exp - iat !== 300) check(`${username}'s token lives for five minutes`, exp - iat, 300);
  }
  for (const [service, clientSecret] of secrets) {
    const source = createServiceTokenSource({ issuer, issuerAddress, clientId: `waymark-${service}`, clientSecret });
    check(`service ${service} gets a token`, await verifier.verify(await source.token()), {
      kind: 'service',
      id: service,
    });
  }
  const otherAudience = createTokenVerifier({ issuer, issuerAddress, audience: 'urn:other:api' });
  const [[service, clientSecret]] = secrets;
  const source = createServiceTokenSource({ issuer, issuerAddress, clientId: `waymark-${service}`, clientSecret });
  const refusal = await otherAudience.verify(await source.token()).catch((error) => error.fault);
  check('a token is good for this platform only', refusal, 'audience');
}

/** Of each code the realm takes one sign-in, so this waits for the next. Whoever fails twice at once is shut out for a minute. */
async function checkSecondFactor({ issuer, tokenEndpoint }) {
  await nextCode();
  const totp = codeNow();
  const refusalOf = async (username, form) => (await grant(tokenEndpoint, { username, ...form })).error;
  check('a password without a code is refused', await refusalOf('leila.pseah', { password }), 'invalid_grant');
  check('a wrong code is refused', await refusalOf('paolo.hr', { password, totp: wrong(totp) }), 'invalid_grant');
  check('a wrong password is refused', await refusalOf('grace.security', { password: 'no', totp }), 'invalid_grant');
  check('both together are taken', await refusalOf('haruto.medical', { password, totp }), undefined);
  check('a code is good once', await refusalOf('haruto.medical', { password, totp }), 'invalid_grant');
  check('the sign-in page asks for the code after the password', await askForCode(issuer, 'rashid.conduct'), true);
}

/** What a browser is shown after a right password, as far as it needs no script. */
async function askForCode(issuer, username) {
  const query = new URLSearchParams({
    ...{ client_id: 'waymark-portal', response_type: 'code', scope: 'openid', redirect_uri: 'http://localhost:3000/' },
    ...{ code_challenge: randomBytes(32).toString('base64url'), code_challenge_method: 'S256' },
  });
  const page = await fetch(`${issuer}/protocol/openid-connect/auth?${query}`);
  const action = /action="([^"]+)"/.exec(await page.text())?.[1]?.replaceAll('&amp;', '&');
  const cookie = page.headers.getSetCookie().map((each) => each.split(';')[0]);
  const answer = await fetch(action, {
    ...{ method: 'POST', redirect: 'manual', headers: { cookie: cookie.join('; ') } },
    body: new URLSearchParams({ username, password }),
  });
  return answer.status === 200 && /name="otp"/.test(await answer.text());
}

/** Without its tables: registering thousands of contacts says nothing about who signs in. */
async function playStory({ issuer, issuerAddress, tokenEndpoint }) {
  await nextCode();
  const kafka = await startKafka({ dir: path.join(dir, 'kafka'), port: await freePort() });
  try {
    const base = await freePort();
    const platform = await startProcesses({
      ...{ postgresAdminUrl: postgres.url(), kafkaBrokers: kafka.brokers, dir, issuer },
      ports: Object.fromEntries(services.map(({ name }, index) => [name, base + 1 + index])),
      environment: { OIDC_ISSUER_ADDRESS: issuerAddress, OIDC_SECOND_FACTORS: 'otp' },
    });
    try {
      const signIn = { tokenUrl: tokenEndpoint, password, totpSecret };
      const steps = await runStory({ baseUrl: `http://127.0.0.1:${base}`, tables: 'none', signIn });
      for (const { title, ok, detail } of steps) check(`story: ${title}`, ok || detail, true);
      check('the story is played to its end', steps.length, 10);
    } finally {
      await platform.stop();
    }
  } finally {
    await kafka.remove();
  }
}

function codeNow() {
  return timeBasedCode(totpSecret, Date.now());
}

function nextCode() {
  return pause(30_500 - (Date.now() % 30_000));
}

function wrong(code) {
  return String((Number(code) + 1) % 1_000_000).padStart(6, '0');
}

function check(what, found, expected) {
  const same = JSON.stringify(found) === JSON.stringify(expected);
  if (!same) failures += 1;
  console.log(same ? `✓ ${what}` : `✗ ${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
}

async function grant(tokenEndpoint, form) {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'waymark-cli', ...form });
  return (await fetch(tokenEndpoint, { method: 'POST', body })).json();
}

function claimsOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}

/** Its public name is `localhost`; it is asked at 127.0.0.1, as services behind the public name do. */
async function startKeycloak(secrets) {
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
      WAYMARK_DEMO_PASSWORD: password,
      WAYMARK_DEMO_TOTP_SECRET: totpSecret,
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
  // Its marker files go where it runs.
  await run('mvn', ['-B', '-q', 'dependency:unpack', `-Dartifact=${artifact}`, `-DoutputDirectory=${unfinished}`], {
    cwd: unfinished,
  });
  await rename(path.join(unfinished, `keycloak-${VERSION}`), home);
  await rm(unfinished, { recursive: true });
  return home;
}
