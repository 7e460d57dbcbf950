import { randomUUID } from 'node:crypto';
import { timeBasedCode } from './time-based-code.js';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the story looks into whatever came
  readonly body: any;
  readonly text: string;
}

export interface AskOptions {
  /** Demo person who asks. */
  readonly as?: string;
  readonly token?: string;
  readonly body?: unknown;
  readonly key?: string;
}

/** How the demo people sign in, when not at the embedded identity. */
export interface SignIn {
  readonly tokenUrl?: string;
  readonly password?: string;
  /** Key of everybody's time-based codes, where a second factor is asked for. */
  readonly totpSecret?: string;
}

const offsets = { intake: 1, case: 2, consent: 3, referral: 4, reporting: 5, audit: 6, identity: 10 } as const;
export type Service = keyof typeof offsets;

const attempts = 5;

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const json = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, headers: response.headers, text, body: json && text ? JSON.parse(text) : text };
}

/** The platform as any other client sees it: addresses, tokens, JSON. */
export class Http {
  private readonly tokens = new Map<string, { readonly token: string; readonly until: number }>();
  private readonly base: URL;

  constructor(
    baseUrl: string,
    private readonly signIn: SignIn,
  ) {
    this.base = new URL(baseUrl);
  }

  url(service: Service): string {
    const url = new URL(this.base);
    url.port = String(Number(this.base.port || 80) + offsets[service]);
    return url.origin;
  }

  get(service: Service, path: string, options: AskOptions = {}): Promise<Answer> {
    return this.ask(service, 'GET', path, options);
  }

  post(service: Service, path: string, options: AskOptions = {}): Promise<Answer> {
    return this.ask(service, 'POST', path, options);
  }

  /** As a patient client asks: a 503 that says when to try again is tried again, with the same key. */
  private async ask(
    service: Service,
    method: string,
    path: string,
    { as, token, body, key }: AskOptions,
  ): Promise<Answer> {
    const bearer = token ?? (as === undefined ? undefined : await this.tokenOf(as));
    const headers = {
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
      ...(method === 'POST' ? { 'content-type': 'application/json', 'idempotency-key': key ?? randomUUID() } : {}),
    };
    const sent = method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {};
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${this.url(service)}${path}`, { method, headers, ...sent });
      const retryAfter = Number(response.headers.get('retry-after'));
      if (response.status !== 503 || !retryAfter || attempt === attempts) return answerOf(response);
      await new Promise((resolve) => setTimeout(resolve, retryAfter * 1000));
    }
  }

  /** All lines of a paged list, or the answer that was no page. */
  async all(
    service: Service,
    path: string,
    options: AskOptions,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the story looks into whatever came
  ): Promise<{ readonly items: readonly any[]; readonly last: Answer }> {
    const items: unknown[] = [];
    for (let after = ''; ;) {
      const last = await this.get(
        service,
        `${path}${path.includes('?') ? '&' : '?'}limit=100${after && `&after=${after}`}`,
        options,
      );
      if (last.status !== 200) return { items, last };
      items.push(...last.body.items);
      if (!last.body.next) return { items, last };
      after = last.body.next;
    }
  }

  async tokenOf(username: string): Promise<string> {
    const known = this.tokens.get(username);
    if (known && known.until > Date.now()) return known.token;
    const { tokenUrl = `${this.url('identity')}/token`, password = 'waymark-demo', totpSecret } = this.signIn;
    const form = new URLSearchParams({ grant_type: 'password', client_id: 'waymark-cli', username, password });
    if (totpSecret !== undefined) form.set('totp', timeBasedCode(totpSecret, Date.now()));
    const response = await fetch(tokenUrl, { method: 'POST', body: form });
    const answer = (await response.json()) as { access_token?: string };
    if (!answer.access_token) throw new Error(`no token for ${username}: ${JSON.stringify(answer)}`);
    this.tokens.set(username, { token: answer.access_token, until: Date.now() + 120_000 });
    return answer.access_token;
  }

  /** Subject of a demo person, read from the token. */
  async idOf(username: string): Promise<string> {
    const [, payload] = (await this.tokenOf(username)).split('.');
    return (JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8')) as { sub: string }).sub;
  }
}
