import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { IdentityClients } from './clients.js';
import type { DemoPerson } from './demo-people.js';
import { keptKeys } from './identity-keys.js';
import { createDirectory } from './people-directory.js';
import { createProvider } from './provider.js';

export interface IdentityOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host?: string;
  /** As in the tokens; what callers can reach. Default: `http://<host>:<port>`. */
  readonly issuer?: string;
  readonly people: readonly DemoPerson[];
  readonly clients: IdentityClients;
  /** Folder of the signing keys. */
  readonly dataDir: string;
  /** Faults of the issuer itself; a refused sign-in is none. */
  readonly onError?: (error: Error) => void;
}

export interface Identity {
  readonly issuer: string;
  stop(): Promise<void>;
}

/** Starts the demo's OIDC issuer. Rejects with `EADDRINUSE` when the port is taken. */
export async function startIdentity(options: IdentityOptions): Promise<Identity> {
  const host = options.host ?? '127.0.0.1';
  const keys = await keptKeys(options.dataDir);
  let handle: RequestListener = (_request, response) => response.writeHead(503).end();
  const server = createServer((request, response) => handle(request, response));
  server.listen(options.port, host);
  await once(server, 'listening');

  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const issuer = options.issuer ?? `http://${host}:${port}`;
  const provider = createProvider({
    issuer,
    directory: createDirectory(options.people),
    clients: options.clients,
    keys,
  });
  provider.on('server_error', (_ctx, error) => options.onError?.(error));
  const answer = provider.callback();
  handle = (request, response) => void answer(request, response);

  return {
    issuer,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
