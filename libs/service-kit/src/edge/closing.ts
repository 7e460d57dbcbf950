import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** So long whoever has connected while we stop may still ask. */
const patience = 1_000;

/**
 * Ends connections that would keep a server from closing. It waits for all that have not been answered once, also for those over which
 * nothing has come, or half a request: and Node no longer counts their time as soon as it closes. Who has asked is answered, within
 * the time of a request.
 */
export function endWhatIsSilent(fastify: FastifyInstance, requestTimeout: number): void {
  const { server } = fastify;
  const silent = new Map<string, Socket>();
  // Over TLS a request comes by another socket than the connection did, from the same end.
  const end = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;
  server.on('connection', (socket: Socket) => {
    const from = end(socket);
    silent.set(from, socket);
    socket.once('close', () => silent.delete(from));
  });
  server.on('request', ({ socket }: { readonly socket: Socket }) => silent.delete(end(socket)));
  fastify.addHook('preClose', async () => {
    const timers = [
      setTimeout(() => silent.forEach((socket) => socket.destroy()), patience),
      setTimeout(() => server.closeAllConnections(), patience + requestTimeout),
    ];
    server.once('close', () => timers.forEach(clearTimeout));
  });
}
