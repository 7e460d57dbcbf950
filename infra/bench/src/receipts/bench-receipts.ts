import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { spawnService } from '@waymark/processes';
import { provision } from '@waymark/provision';
import { freePort } from '@waymark/testing';
import { withBenchServer } from '../bench-server.js';
import { timesOf } from '../measure.js';
import { type Report, type Result, thisMachine } from '../report.js';
import { apartness } from './kolmogorov-smirnov.js';
import { Receipts } from './receipts.js';

interface Kind {
  readonly name: string;
  readonly receipt: () => string;
}

interface Pair {
  readonly name: string;
  readonly kinds: readonly [Kind, Kind];
  /** Where the next one is shown. */
  readonly address: () => Promise<string>;
  readonly status: 401 | 429;
}

/** An address without a token gets one in five seconds: so many are refused at it, then another one takes its place. */
const refusedAtOne = 50;

/**
 * What somebody learns who guesses receipts with a stop-watch: answers to different wrong receipts, and to right and wrong ones from
 * an address that has guessed too often, taken in turn by the thousand. Rejects when the answers differ in status or body.
 */
export async function benchReceipts(options: { readonly quick: boolean }): Promise<Report> {
  const tries = options.quick ? 1_000 : 5_000;
  const dir = await mkdtemp(path.join(tmpdir(), 'waymark-bench-receipts-'));
  try {
    return await withBenchServer(async (server) => {
      const { url: adminUrl } = await server.freshDatabase();
      const environments = await provision({ adminUrl, secretsDir: path.join(dir, 'secrets'), bus: 'postgres' });
      const port = await freePort();
      const origin = `http://127.0.0.1:${port}`;
      const intake = await spawnService({
        name: 'intake',
        logFile: path.join(dir, 'intake.log'),
        environment: {
          ...environments.get('intake'),
          ...{ HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'warn', RATE_LIMIT_PRINCIPAL: '10000000' },
          // Nobody with a log-in comes here.
          ...{ OIDC_ISSUER: 'http://127.0.0.1:9', RECEIPT_ISSUER: origin },
        },
      });
      const receipts = new Receipts(origin);
      try {
        await intake.untilReady();
        return await measure(receipts, tries, server.version);
      } finally {
        await intake.terminate();
      }
    });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function measure(receipts: Receipts, tries: number, postgres: string): Promise<Report> {
  const right = await receipts.issue();
  const pairs: readonly Pair[] = [
    {
      ...{ name: 'wrong-receipts-apart', address: async () => receipts.newAddress(), status: 401 },
      kinds: [
        { name: 'wrong, at random', receipt: atRandom },
        { name: 'wrong, one digit of a right one changed', receipt: () => nearly(right) },
      ],
    },
    {
      ...{ name: 'refused-receipts-apart', address: refusingAddresses(receipts), status: 429 },
      kinds: [
        { name: 'refused, right', receipt: () => right },
        { name: 'refused, at random', receipt: atRandom },
      ],
    },
  ];
  const results: Result[] = [];
  const ratios: Report['ratios'][number][] = [];
  for (const pair of pairs) {
    const { name, kinds } = pair;
    const [first = [], second = []] = await inTurn(receipts, pair, tries);
    for (const [index, times] of [first, second].entries())
      for (const part of [0.5, 0.99])
        results.push(
          timesOf({ name: `${kinds[index]?.name}, p${part * 100}`, system: 'waymark', logSize: 0 }, times, part),
        );
    ratios.push({ name, value: apartness(first, second) });
  }
  return { machine: thisMachine(), versions: { node: process.versions.node, postgres }, results, ratios };
}

/** Addresses that have guessed so often that they are refused. */
function refusingAddresses(receipts: Receipts): () => Promise<string> {
  let [address, shown] = ['', 0];
  return async () => {
    if (shown % refusedAtOne === 0) {
      address = receipts.newAddress();
      const guesses = Array.from({ length: 15 }, () => receipts.show(atRandom(), address));
      await Promise.all(guesses);
    }
    shown += 1;
    return address;
  };
}

/** In an order that changes at random: what else happens to every second request falls on both alike. */
async function inTurn(receipts: Receipts, pair: Pair, tries: number): Promise<readonly number[][]> {
  const times = pair.kinds.map((): number[] => []);
  const answers = new Set<string>();
  for (let round = -20; round < tries; round += 1) {
    for (const index of randomInt(2) === 0 ? [0, 1] : [1, 0]) {
      const kind = pair.kinds[index] as Kind;
      const { status, body, milliseconds } = await receipts.show(kind.receipt(), await pair.address());
      if (status !== pair.status) throw new Error(`${kind.name}: answered ${status} ${body}`);
      answers.add(body);
      if (answers.size > 1) throw new Error(`answers differ: ${[...answers].join(' and ')}`);
      if (round >= 0) times[index]?.push(milliseconds);
    }
  }
  return times;
}

const atRandom = (): string => Array.from({ length: 16 }, () => randomInt(10)).join('');

function nearly(receipt: string): string {
  const at = randomInt(16);
  const digit = (Number(receipt[at]) + randomInt(1, 10)) % 10;
  return `${receipt.slice(0, at)}${digit}${receipt.slice(at + 1)}`;
}
