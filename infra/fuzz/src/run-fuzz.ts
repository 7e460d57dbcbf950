import { randomInt } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { demandFree, type Platform, PortError, type Ports, portsFrom, startPlatform } from '@waymark/embedded';
import { runStory } from '@waymark/story';
import { type Caller, callersOf, type Operation } from './callers.js';
import { configurationFor, knownIds } from './known-ids.js';
import { FuzzError, installedSchemathesis, schemathesis } from './schemathesis.js';

export interface Fuzzed {
  readonly service: string;
  readonly caller: string;
  readonly operations: number;
  readonly requests: number;
  /** What broke, such as `ST103 Undocumented status code (POST /v1/concerns)`. */
  readonly failures: readonly string[];
  /** Everything schemathesis said, with how to repeat each failure. */
  readonly output: string;
}

/** 5xx 0, and no answer that the document does not know: status, content type, headers, body. */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'allow_header_conformance',
  'unsupported_method',
];

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Starts a platform of its own, plays the story in it, then lets schemathesis ask every service in everybody's name. */
export async function runFuzz(
  seconds: number,
  seed: number,
  onResult: (fuzzed: Fuzzed) => void,
): Promise<readonly Fuzzed[]> {
  const command = await installedSchemathesis();
  const dir = await mkdtemp(path.join(tmpdir(), 'waymark-fuzz-'));
  const ports = await portsInARow();
  try {
    const platform = await startPlatform({ dataDir: path.join(dir, 'platform'), ports });
    try {
      await platform.untilReady();
      await playStory(platform);
      return await fuzz(platform, command, dir, seconds, seed, onResult);
    } finally {
      await platform.stop();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The story looks for the services on the ports behind the page's: below those that systems give to outgoing connections. */
async function portsInARow(attempts = 20): Promise<Ports> {
  const ports = portsFrom(String(randomInt(15_000, 32_000)));
  try {
    await demandFree(ports);
    return ports;
  } catch (error) {
    if (error instanceof PortError && attempts > 0) return portsInARow(attempts - 1);
    throw error;
  }
}

/** Without its tables: what is asked at random needs something of everything, not thousands of contacts. */
async function playStory(platform: Platform): Promise<void> {
  const results = await runStory({ baseUrl: platform.urlOf('page'), tables: 'none' });
  const failed = results.filter(({ ok }) => !ok);
  if (failed.length > 0)
    throw new FuzzError(`the story failed: ${failed.map(({ title, detail }) => `${title} (${detail})`).join('; ')}`);
}

async function fuzz(
  platform: Platform,
  command: string,
  dir: string,
  seconds: number,
  seed: number,
  onResult: (fuzzed: Fuzzed) => void,
): Promise<readonly Fuzzed[]> {
  const known = await knownIds(platform);
  const turns: { service: keyof Ports; caller: Caller; operations: readonly string[]; paths: readonly string[] }[] = [];
  for (const [service, callers] of Object.entries(callersOf(platform, path.join(dir, 'platform'))) as [
    keyof Ports,
    readonly Caller[],
  ][]) {
    const response = await fetch(`${platform.urlOf(service)}/openapi.json`);
    const { paths } = (await response.json()) as Document;
    for (const caller of callers) {
      const operations = Object.values(paths).flatMap((item) =>
        Object.values(item).flatMap((each) => (caller.may(each['x-waymark-access']) ? [each.operationId] : [])),
      );
      turns.push({ service, caller, operations, paths: Object.keys(paths) });
    }
  }
  const asked = turns.reduce((sum, { operations }) => sum + operations.length, 0);
  const results: Fuzzed[] = [];
  for (const { service, caller, operations, paths } of turns) {
    const folder = path.join(dir, `${results.length}-${service}`);
    await mkdir(folder);
    await writeFile(path.join(folder, 'schemathesis.toml'), configurationFor(paths, known));
    const share = Math.max(5, Math.round((seconds * operations.length) / asked));
    const token = await caller.token?.();
    const { code, output } = await schemathesis(command, folder, [
      ...['run', `${platform.urlOf(service)}/openapi.json`, '--url', platform.urlOf(service)],
      ...operations.flatMap((id) => ['--include-operation-id', id]),
      ...(token === undefined ? [] : ['--header', `Authorization: Bearer ${token}`]),
      ...['--checks', checks.join(','), '--max-time', String(share), '--seed', String(seed)],
      ...['--phases', 'examples,coverage,fuzzing', '--continue-on-failure', '--no-shrink', '--no-color'],
      ...[
        '--suppress-health-check',
        'all',
        '--warnings',
        'off',
        '--report',
        'json',
        '--report-json-path',
        'report.json',
      ],
    ]);
    const fuzzed = { service, caller: caller.name, output, ...(await reportIn(folder, code, output)) };
    onResult(fuzzed);
    results.push(fuzzed);
  }
  const { ok } = await fetch(`${platform.urlOf('intake')}/health/ready`);
  if (!ok) throw new FuzzError('intake is not ready afterwards');
  return results;
}

interface Report {
  readonly operations: { readonly tested: number };
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly {
    readonly code: string;
    readonly title: string;
    readonly operations: readonly string[];
  }[];
  readonly errors: readonly unknown[];
}

async function reportIn(folder: string, code: number | null, output: string) {
  const text = await readFile(path.join(folder, 'report.json'), 'utf8').catch(() => undefined);
  if (text === undefined) throw new FuzzError(`schemathesis ended with ${String(code)}:\n${output}`);
  const report = JSON.parse(text) as Report;
  const failures: string[] = [
    ...report.failures.map((each) => `${each.code} ${each.title} (${each.operations.join(', ')})`),
    ...report.errors.map((error) => JSON.stringify(error)),
  ];
  if (report.test_cases.generated === 0) failures.push('nothing was asked in the time there was');
  if (code !== 0 && failures.length === 0) failures.push(`schemathesis ended with ${String(code)}`);
  return { operations: report.operations.tested, requests: report.test_cases.generated, failures };
}
