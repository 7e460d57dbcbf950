import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '@waymark/testing';
import type { DemoTokens } from '@waymark/identity';
import type { AccountBook } from './account-book.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Partial<Record<string, unknown>>>;
}

export interface Asked {
  readonly service: string;
  readonly path: string;
  /** A demo person; without it and a token, nobody in particular. */
  readonly as?: string;
  readonly token?: string;
  readonly body?: object;
  /** Statuses that are asked again like a lost answer: what is asked for comes by message and may be late. */
  readonly comesLater?: readonly number[];
}

export interface Commanded extends Asked {
  readonly what: string;
  readonly category: string;
  readonly expects: readonly string[];
  /** The route takes no key: a lost answer stays lost, because asking again would be another command. */
  readonly once?: boolean;
}

export interface Addresses {
  urlsOf(service: string): readonly string[];
  readonly tokens: DemoTokens;
}

const answerWithinMs = 8_000;

/** One person's client: patient, keeps its key from attempt to attempt, and goes to any process of a service. */
export class Caller {
  private readonly address: string;

  constructor(
    private readonly addresses: Addresses,
    private readonly book: AccountBook,
    private readonly random: Random,
    /** How long a command or a question is asked again before it is given up. */
    private readonly patienceMs: number,
  ) {
    const part = (): string => this.random.upTo(65_536).toString(16);
    this.address = `2001:db8:${part()}:${part()}::1`;
  }

  /** Sends a command until it is answered for good or patience ends, and writes down what came of it. */
  async command(commanded: Commanded): Promise<Answer | undefined> {
    const mark = randomUUID();
    const headers = {
      'content-type': 'application/json',
      'x-correlation-id': mark,
      ...(commanded.once ? {} : { 'idempotency-key': randomUUID() }),
    };
    const answer = await this.insist('POST', commanded, headers, commanded.once === true);
    const status = answer?.status ?? 0;
    const { what, category, expects } = commanded;
    const fate = isFinal(status) ? (status < 300 ? 'acknowledged' : 'refused') : 'unknown';
    const position = answer?.headers.get('waymark-position') ?? undefined;
    const revision = /^"(\d+)"$/.exec(answer?.headers.get('etag') ?? '')?.[1];
    this.book.commands.push({
      ...{ mark, what, category, expects, fate, status },
      ...(fate === 'acknowledged' && position !== undefined ? { position } : {}),
      ...(fate === 'acknowledged' && revision !== undefined ? { revision: Number(revision) } : {}),
    });
    if (fate === 'refused') this.noteRefusal(`${what} ${status} ${String(answer?.body['code'])}`);
    return fate === 'unknown' ? undefined : answer;
  }

  /** Asks until it is answered for good; undefined when patience ends. */
  async query(asked: Asked): Promise<Answer | undefined> {
    const answer = await this.insist('GET', asked, {}, false);
    return answer && isFinal(answer.status) ? answer : undefined;
  }

  /** A request that changes nothing and takes no key. */
  async open(asked: Asked): Promise<Answer | undefined> {
    const answer = await this.insist('POST', asked, { 'content-type': 'application/json' }, false);
    return answer && isFinal(answer.status) ? answer : undefined;
  }

  private async insist(
    method: string,
    { service, path, as, token, body, comesLater = [] }: Asked,
    headers: Readonly<Record<string, string>>,
    once: boolean,
  ): Promise<Answer | undefined> {
    const end = Date.now() + this.patienceMs;
    for (let attempt = 1; ; attempt += 1) {
      const bearer = token ?? (as === undefined ? undefined : await this.addresses.tokens.of(as));
      const [url = '', ...others] = this.addresses.urlsOf(service);
      const answer = await ask(`${this.random.oneOf([url, ...others])}${path}`, {
        method,
        headers: {
          ...headers,
          'x-forwarded-for': this.address,
          ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        },
        ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
      });
      const final = answer && isFinal(answer.status) && !comesLater.includes(answer.status);
      if (final || once || Date.now() > end) return answer;
      if (method === 'POST') this.book.retries += 1;
      const wished = Number(answer?.headers.get('retry-after') ?? 0) * 1_000;
      await pause(Math.min(5_000, Math.max(wished, 150 * 2 ** Math.min(attempt, 4))) + this.random.upTo(200));
    }
  }

  private noteRefusal(what: string): void {
    this.book.refusals.set(what, (this.book.refusals.get(what) ?? 0) + 1);
  }
}

/** Whether asking again could change nothing. */
const isFinal = (status: number): boolean => status >= 200 && status < 500 && status !== 408 && status !== 429;

/** Undefined when no whole answer came. */
async function ask(url: string, request: RequestInit): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(answerWithinMs) });
    const text = await response.text();
    const body: Answer['body'] = text === '' ? {} : JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  } catch {
    return undefined;
  }
}
