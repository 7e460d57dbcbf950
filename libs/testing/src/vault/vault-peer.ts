import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TransitEngine, VaultRefusal } from './transit-engine.js';
import { allows, type Capability, parsePolicy } from './vault-policy.js';

interface Token {
  readonly rules: ReturnType<typeof parsePolicy> | 'root';
  readonly seconds: number;
  expiresAt: number;
}

/** What the next requests about keys get instead of an answer. */
type Fault = { readonly status: number; readonly headers?: Record<string, string>; readonly times: number } | 'silence';

export interface VaultPeerOptions {
  /** PEM; without it the peer speaks plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string };
}

/**
 * A server that answers as the documented API of Vault and OpenBao does for the Transit engine and for tokens: statuses, bodies and
 * words. It plays them where none can run; what it cannot show is whether the documentation is true. With VAULT_ADDR the contract
 * runs against a real one.
 */
export class VaultPeer {
  readonly transit = new TransitEngine();
  readonly rootToken = `hvs.${randomBytes(18).toString('base64url')}`;
  /** Requests as they came, without what they held. */
  readonly requests: string[] = [];
  private readonly tokens = new Map<string, Token>();
  private fault: Fault | undefined;
  private sealed = false;

  private constructor(
    private readonly server: Server,
    private readonly secure: boolean,
  ) {
    this.tokens.set(this.rootToken, { rules: 'root', seconds: 0, expiresAt: Infinity });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void this.serve(request, response));
  }

  static async start({ tls }: VaultPeerOptions = {}): Promise<VaultPeer> {
    const peer = new VaultPeer(tls ? createSecureServer(tls) : createServer(), tls !== undefined);
    await peer.listen(0);
    return peer;
  }

  get address(): string {
    return `${this.secure ? 'https' : 'http'}://localhost:${this.port}`;
  }

  /** A token with the rights of a policy, and with a time to live in seconds: 0 for ever. */
  issueToken(policy: string, seconds = 0): string {
    const token = `hvs.${randomBytes(18).toString('base64url')}`;
    const expiresAt = seconds === 0 ? Infinity : Date.now() + seconds * 1_000;
    this.tokens.set(token, { rules: parsePolicy(policy), seconds, expiresAt });
    return token;
  }

  revoke(token: string): void {
    this.tokens.delete(token);
  }

  seal(): void {
    this.sealed = true;
  }

  unseal(): void {
    this.sealed = false;
  }

  failWith(fault: Fault | undefined): void {
    this.fault = fault;
  }

  /** Nobody listens until `comeBack`. */
  async goAway(): Promise<void> {
    this.awayFrom = this.port;
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  comeBack(): Promise<void> {
    return this.listen(this.awayFrom);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  private awayFrom = 0;

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private listen(port: number): Promise<void> {
    return new Promise((resolve) => this.server.listen(port, 'localhost', resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '' } = request;
    this.requests.push(`${method} ${url}`);
    const fault = url.startsWith('/v1/transit/') ? this.takeFault() : undefined;
    if (fault === 'silence') return;
    try {
      if (fault) throw Object.assign(new VaultRefusal(fault.status, ['for a moment']), { headers: fault.headers });
      if (this.sealed) throw new VaultRefusal(503, ['Vault is sealed']);
      const text = Buffer.concat(chunks).toString('utf8');
      const body = text === '' ? {} : (JSON.parse(text) as object);
      send(response, 200, this.answer(method, url, String(request.headers['x-vault-token'] ?? ''), body));
    } catch (error) {
      if (!(error instanceof VaultRefusal)) throw error;
      const headers: unknown = Reflect.get(error, 'headers');
      send(response, error.status, { errors: error.errors }, headers as Record<string, string> | undefined);
    }
  }

  private takeFault(): Fault | undefined {
    const { fault } = this;
    if (fault === undefined || fault === 'silence') return fault;
    this.fault = fault.times > 1 ? { ...fault, times: fault.times - 1 } : undefined;
    return fault;
  }

  private answer(method: string, url: string, secret: string, body: object): object {
    const path = url.replace(/^\/v1\//, '');
    const token = this.tokens.get(secret);
    if (!token || token.expiresAt < Date.now()) throw new VaultRefusal(403, ['permission denied', 'invalid token']);
    if (path === 'auth/token/lookup-self') return { data: { ttl: secondsLeft(token), renewable: token.seconds > 0 } };
    if (path === 'auth/token/renew-self') return { auth: renewed(token) };
    const [mount, act = '', name = '', deed] = path.split('/');
    if (mount !== 'transit') throw new VaultRefusal(404, [`no handler for route "${path}". route entry not found.`]);
    this.demand(token, path, capabilityFor(method, this.transit.has(name) || deed !== undefined));
    return act === 'keys' ? this.manage(method, name, deed, body) : this.use(act, name, body);
  }

  private demand(token: Token, path: string, capability: Capability): void {
    if (token.rules !== 'root' && !allows(token.rules, path, capability))
      throw new VaultRefusal(403, ['1 error occurred:\n\t* permission denied\n\n']);
  }

  private manage(method: string, name: string, deed: string | undefined, body: object): object {
    if (deed === 'rotate') return { data: this.transit.rotate(name) };
    if (deed === 'config') return { data: this.transit.configure(name, body) };
    if (method === 'GET') return { data: this.transit.describe(name) };
    if (method !== 'DELETE') return { data: this.transit.create(name) };
    this.transit.delete(name);
    return {};
  }

  private use(act: string, name: string, body: object): object {
    switch (act) {
      case 'encrypt':
        // As Vault does for those who may create: a key that is missing is made.
        this.transit.create(name);
        return { data: this.transit.encrypt(name, body) };
      case 'decrypt':
        return { data: this.transit.decrypt(name, body) };
      case 'rewrap':
        return { data: this.transit.rewrap(name, body) };
      default:
        throw new VaultRefusal(404, []);
    }
  }
}

/** A write to something that is not there is a creation, which most tokens may not do. */
const capabilityFor = (method: string, exists: boolean): Capability =>
  method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : exists ? 'update' : 'create';

const secondsLeft = (token: Token): number =>
  token.expiresAt === Infinity ? 0 : Math.max(0, Math.floor((token.expiresAt - Date.now()) / 1_000));

function renewed(token: Token): object {
  if (token.seconds === 0) throw new VaultRefusal(400, ['lease is not renewable']);
  token.expiresAt = Date.now() + token.seconds * 1_000;
  return { lease_duration: token.seconds, renewable: true };
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(`${JSON.stringify(body)}\n`);
}
