import { createServer, type Server } from 'node:net';

// Below the ports that Linux and macOS give to outgoing connections: one of those may be taken between the asking and the listening.
const lowest = 20_000;
const highest = 32_000;
const tries = 100;

/** A TCP port on 127.0.0.1 that nobody listens on at this moment, and that no outgoing connection will be given. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

/** Several different free ports: all are held until the last one is known. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const held: { readonly port: number; readonly server: Server }[] = [];
  for (let attempt = 0; held.length < count; attempt += 1) {
    if (attempt === count * tries) throw new Error(`no free ports between ${lowest} and ${highest}`);
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    const server = await listen(port);
    if (server) held.push({ port, server });
  }
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return held.map(({ port }) => port);
}

/** Undefined when somebody has it. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
