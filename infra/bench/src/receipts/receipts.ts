import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';

interface Answer {
  readonly status: number;
  /** Without the id of the request, which is another one each time. */
  readonly body: string;
  readonly milliseconds: number;
}

const concern = {
  ...{ kind: 'support_request', identity: 'anonymous', reporterRelation: 'affected_person' },
  ...{ matter: ['harassment'], language: 'en', immediateDanger: false, narrative: 'Measured, not read.' },
};

/** Somebody with receipts and as many addresses as they like: every address of 127.0.0.0/8 is this machine's own. */
export class Receipts {
  private addresses = 0;

  constructor(private readonly origin: string) {}

  newAddress(): string {
    this.addresses += 1;
    return `127.1.${this.addresses >> 8}.${this.addresses & 255}`;
  }

  /** A right receipt. */
  async issue(): Promise<string> {
    const { status, body } = await this.post('/v1/concerns', concern, '127.0.0.1');
    if (status !== 201) throw new Error(`no concern: ${status} ${body}`);
    return (JSON.parse(body) as { receipt: string }).receipt.replaceAll(/\D/g, '');
  }

  show(receipt: string, address: string): Promise<Answer> {
    return this.post('/v1/receipt-sessions', { receipt }, address);
  }

  private post(way: string, content: object, localAddress: string): Promise<Answer> {
    const sent = JSON.stringify(content);
    return new Promise((resolve, reject) => {
      // A connection of its own each time: what an address was answered before must not make the next answer faster.
      const agent = new Agent({ keepAlive: false });
      let begun = 0;
      const asked = request(
        `${this.origin}${way}`,
        {
          ...{ method: 'POST', agent, localAddress },
          headers: {
            'content-type': 'application/json',
            'content-length': sent.length,
            'idempotency-key': randomUUID(),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const milliseconds = performance.now() - begun;
            agent.destroy();
            const body = Buffer.concat(chunks)
              .toString()
              .replace(/"(requestId|instance|traceId)":"[^"]*"/g, '');
            resolve({ status: answer.statusCode ?? 0, body, milliseconds });
          });
        },
      );
      asked.on('error', reject);
      asked.on('socket', (socket) => socket.once('connect', () => (begun = performance.now())));
      asked.end(sent);
    });
  }
}
