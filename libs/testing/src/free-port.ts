import { createServer, type Server } from 'node:net';

// Below the ports that Linux and macOS give to outgoing connections: one of those may be taken between the asking and the listening.
const lowest = 20_000;
const highest = 32_000;
const tries = 100;

/** Each of jest's workers has a part of its own: a port that one was told is free is not told to another before it listens there. */
const parts = 4;
const part = (Number(process.env['JEST_WORKER_ID'] ?? 0) || 0) % parts;
const width = (highest - lowest) / parts;
/** Goes through the part once round from anywhere, so that nobody is told the same port twice in a row of thousands. */
let next = Math.floor(Math.random() * width);

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
    const port = lowest + part * width + next;
    next = (next + 1) % width;
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
