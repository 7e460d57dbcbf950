import { Agent, request } from 'node:http';

/** Posts JSON over connections that are kept; answers after how many milliseconds. Rejects unless the answer is 201. */
export class Poster {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<number> {
    const begun = performance.now();
    return new Promise((resolve, reject) => {
      const length = String(Buffer.byteLength(body));
      const asked = request(
        url,
        {
          method: 'POST',
          agent: this.agent,
          headers: { ...headers, 'content-type': 'application/json', 'content-length': length },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            if (answer.statusCode === 201) resolve(performance.now() - begun);
            else reject(new Error(`${url} answered ${answer.statusCode} ${Buffer.concat(chunks).toString()}`));
          });
        },
      );
      asked.on('error', reject);
      asked.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
