import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stage } from '@waymark/stage';

export interface AskedDisclosure {
  readonly key: string;
  readonly clientId: string;
  readonly authorization: string;
  readonly correlationId: string;
  readonly body: {
    readonly recipient: string;
    readonly purpose: string;
    readonly categories: readonly string[];
    readonly reference: string;
    readonly act: string;
    readonly onBehalfOf: string;
  };
}

type Answering = (asked: AskedDisclosure, response: ServerResponse) => void;

/** A small peer that speaks the disclosure contract of the consent service, and can be told to misbehave. */
export class ConsentPeer {
  readonly asked: AskedDisclosure[] = [];
  private readonly answered = new Map<string, readonly [number, object]>();
  private readonly consents = new Map<string, { readonly allows: object; readonly categories: readonly string[] }>();
  private misbehaviour: Answering | undefined;
  /** Whether it breaks off when it is asked which consents stand. */
  silent = false;

  private constructor(private readonly server: ReturnType<typeof createServer>) {}

  /** Where the referral service of a stage looks for consent. */
  static on(stage: Stage): Promise<ConsentPeer> {
    return ConsentPeer.start(Number(new URL(String(stage.environmentOf('referral').CONSENT_URL)).port));
  }

  static async start(port = 0): Promise<ConsentPeer> {
    const server = createServer();
    const peer = new ConsentPeer(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => void peer.receive(request, response));
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return peer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  consent(clientId: string, ...categories: readonly string[]): string {
    const consentId = randomUUID();
    this.consents.set(clientId, { allows: { consentId }, categories });
    return consentId;
  }

  override(clientId: string, ...categories: readonly string[]): string {
    const overrideId = randomUUID();
    this.consents.set(clientId, { allows: { overrideId }, categories });
    return overrideId;
  }

  withdraw(clientId: string): void {
    this.consents.delete(clientId);
  }

  /** Answers like this from now on; as the contract says when left out. */
  misbehave(answering?: Answering): void {
    this.misbehaviour = answering;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.url === '/v1/standing-consents') return this.tellStanding(Buffer.concat(chunks), response);
    const asked: AskedDisclosure = {
      key: String(request.headers['idempotency-key']),
      clientId: /^\/v1\/clients\/([^/]+)\/disclosures$/.exec(request.url ?? '')?.[1] ?? '',
      authorization: String(request.headers.authorization),
      correlationId: String(request.headers['x-correlation-id']),
      body: JSON.parse(Buffer.concat(chunks).toString('utf8')),
    };
    this.asked.push(asked);
    if (this.misbehaviour) return this.misbehaviour(asked, response);
    const answer = this.answered.get(asked.key) ?? this.decide(asked);
    this.answered.set(asked.key, answer);
    reply(response, ...answer);
  }

  private tellStanding(body: Buffer, response: ServerResponse): void {
    const { consentIds }: { consentIds: readonly string[] } = JSON.parse(body.toString('utf8'));
    if (this.silent) return void response.destroy();
    const inForce = new Set([...this.consents.values()].flatMap(({ allows }) => Object.values(allows)));
    reply(response, 200, { consentIds: consentIds.filter((id) => inForce.has(id)) });
  }

  private decide({ clientId, body }: AskedDisclosure): readonly [number, object] {
    const consent = this.consents.get(clientId);
    if (!consent || !body.categories.every((category) => consent.categories.includes(category)))
      return [409, { code: 'consent_missing', status: 409 }];
    return [201, { disclosureId: randomUUID(), ...consent.allows }];
  }
}

export const reply = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
