import { readFile } from 'node:fs/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { KeyProviderError, type KeyProviderErrorCode } from '../key-errors.js';
import type { VaultOptions } from './vault-options.js';

interface Answer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

const longestAnswer = 1024 * 1024;
const firstPauseMs = 100;

/** The HTTP of Vault: time limits, tries, and what its errors mean. Tokens and bodies get into no message. */
export class VaultDoor {
  private readonly agent: http.Agent;
  private readonly secure: boolean;

  constructor(private readonly options: VaultOptions) {
    this.secure = new URL(options.address).protocol === 'https:';
    const { certificateAuthority: ca } = options;
    this.agent = this.secure
      ? new https.Agent({ keepAlive: true, ...(ca === undefined ? {} : { ca }) })
      : new http.Agent({ keepAlive: true });
  }

  /** Whatever is not a good answer rejects. `once`: not tried again, because it may have been done. */
  async ask(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { body, once = false }: { readonly body?: object; readonly once?: boolean } = {},
  ): Promise<unknown> {
    const tries = once ? 1 : (this.options.tries ?? 3);
    for (let turn = 1; ; turn += 1) {
      const answer = await this.try(method, path, body).catch((error: unknown) => asProblem(error, path));
      if (!(answer instanceof KeyProviderError)) return answer;
      if (answer.code !== 'unavailable' || turn >= tries) throw answer;
      await pause(pauseBefore(turn, answer.cause));
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private async try(method: string, path: string, body: object | undefined): Promise<unknown> {
    const answer = await this.send(method, path, body === undefined ? undefined : JSON.stringify(body));
    if (answer.status >= 200 && answer.status < 300) return parsed(answer.text);
    throw refusal(answer, path);
  }

  private async send(method: string, path: string, body: string | undefined): Promise<Answer> {
    const { namespace, timeoutMs = 2_000, address } = this.options;
    const token = await this.token();
    const signal = AbortSignal.timeout(timeoutMs);
    const headers = {
      'x-vault-request': 'true',
      'x-vault-token': token,
      ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
    };
    const url = new URL(`/v1/${path}`, address);
    const request = (this.secure ? https : http).request(url, { method, headers, signal, agent: this.agent });
    return new Promise<Answer>((resolve, reject) => {
      request.on('error', reject);
      request.on('response', (response) => {
        textOf(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text }),
          reject,
        );
      });
      request.end(body);
    });
  }

  private async token(): Promise<string> {
    const { token } = this.options;
    if ('value' in token) return token.value;
    try {
      return (await readFile(token.path, 'utf8')).trim();
    } catch (error) {
      throw new KeyProviderError('denied', `the token file ${token.path} cannot be read`, { cause: error });
    }
  }
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestAnswer) throw new KeyProviderError('unexpected', 'the key service answers too much');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new KeyProviderError('unexpected', 'the key service answers no JSON');
  }
}

const asProblem = (error: unknown, path: string): KeyProviderError =>
  error instanceof KeyProviderError
    ? error
    : new KeyProviderError('unavailable', `the key service cannot be reached for ${path}`, { cause: error });

/** What Vault says about a refusal, kept as the cause so that the pause it asks for is found. */
class VaultRefusal extends Error {
  override readonly name = 'VaultRefusal';

  constructor(
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

function refusal({ status, retryAfter, text }: Answer, path: string): KeyProviderError {
  const said = saidIn(text);
  const seconds = Number(retryAfter ?? '0');
  const cause = new VaultRefusal(said, Number.isFinite(seconds) ? Math.min(seconds, 5) * 1_000 : 0);
  return new KeyProviderError(codeOf(status, said), `the key service answers ${status} for ${path}: ${said}`, {
    cause,
  });
}

function codeOf(status: number, said: string): KeyProviderErrorCode {
  if (status === 403 || status === 401) return 'denied';
  if (status === 404) return 'unknown_key';
  if (status === 429 || status >= 500 || (status >= 300 && status < 400)) return 'unavailable';
  if (status !== 400) return 'unexpected';
  if (/key not found|version is too new/.test(said)) return 'unknown_key';
  if (/disallowed by policy/.test(said)) return 'retired';
  return /invalid ciphertext|authentication failed|unable to decrypt|missing ciphertext/.test(said)
    ? 'altered'
    : 'unexpected';
}

function saidIn(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'errors' in body && Array.isArray(body.errors))
      return body.errors.map(String).join('; ').slice(0, 300) || 'nothing';
  } catch {
    // An answer of something before Vault, such as a load balancer.
  }
  return 'nothing that Vault would say';
}

const pauseBefore = (turn: number, cause: unknown): number =>
  Math.max(firstPauseMs * 3 ** (turn - 1), cause instanceof VaultRefusal ? cause.retryAfterMs : 0);
