import { Socket } from 'node:net';
import pg from 'pg';

export interface Watch {
  /** Of the database to which the pool connects. */
  readonly url: string;
  readonly applicationName: string;
  /** How often one looks. Default 5,000. */
  readonly everyMs?: number;
}

/** One connection of the pool. */
interface Watched {
  readonly socket: Socket;
  /** Of the server's process. */
  pid?: number;
  /** Bytes that had been sent when the server last said that it was ready: what was sent since is not answered in full. */
  answered: number;
  /** Bytes that had come at the last look. */
  come: number;
  /** Looks in a row at which a statement was under way and nothing had come since the look before. */
  silent: number;
  /** Looks in a row at which the server was not at work for it. */
  idle: number;
}

const looksBeforeOneAsks = 2;
const looksBeforeOneEnds = 2;

/**
 * Ends the connections of a pool over which no answer will come any more, such as those that a firewall has forgotten without a word:
 * TCP itself gives up after a quarter of an hour, and where something between answers its probes, never. A statement may take as long
 * as it likes: when a connection is silent for a while, the server is asked over a new one whether it is at work for it, and twice in
 * a row it is not. With the default this takes 15 to 25 seconds. The statement rejects with `Connection terminated`, a temporary
 * failure, and the pool makes a new connection. While the server cannot be asked nothing is ended: it may be at work.
 *
 * Answers settings of a pool. It looks for as long as there are connections, and does not keep the process alive.
 */
export function endForgottenConnections(watch: Watch): Required<Pick<pg.PoolConfig, 'onConnect'>> {
  const connections = new Set<Watched>();
  let looking: NodeJS.Timeout | undefined;
  let busy = false;

  const look = (): void => {
    if (busy) return;
    busy = true;
    void lookAt([...connections], watch).finally(() => (busy = false));
  };
  const leave = (watched: Watched): void => {
    connections.delete(watched);
    if (connections.size > 0) return;
    clearInterval(looking);
    looking = undefined;
  };
  return {
    onConnect: (client) => {
      // One that breaks in the instant between the pool and its borrower has no other listener, and would end the process.
      client.on('error', () => undefined);
      const watched = watchedOf(client);
      if (!watched) return;
      connections.add(watched);
      client.on('end', () => leave(watched));
      looking ??= setInterval(look, watch.everyMs ?? 5_000).unref();
    },
  };
}

/** Undefined where there is no socket to look at. */
function watchedOf(client: pg.ClientBase): Watched | undefined {
  if (!(client instanceof pg.Client)) return undefined;
  const { connection } = client;
  const socket = connection.stream;
  if (!(socket instanceof Socket)) return undefined;
  const watched: Watched = { socket, answered: socket.bytesWritten, come: 0, silent: 0, idle: 0 };
  // Before the client hears of it, which sends its next statement then.
  connection.prependListener('readyForQuery', () => (watched.answered = socket.bytesWritten));
  // Asked of the server itself: a pooler between tells another one.
  client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid').then(
    ({ rows: [row] }) => (watched.pid = row?.pid),
    () => undefined,
  );
  return watched;
}

async function lookAt(connections: readonly Watched[], watch: Watch): Promise<void> {
  for (const one of connections) {
    const { bytesRead, bytesWritten } = one.socket;
    const silent = bytesWritten > one.answered && bytesRead === one.come;
    one.silent = silent ? one.silent + 1 : 0;
    if (!silent) one.idle = 0;
    one.come = bytesRead;
  }
  const asked = connections.filter(({ silent }) => silent >= looksBeforeOneAsks);
  if (asked.length === 0) return;
  const working = await workingFor(asked, watch).catch(() => undefined);
  if (!working) return;
  for (const one of asked) {
    // An answer may have come meanwhile.
    if (one.socket.bytesRead !== one.come) continue;
    one.idle = one.pid !== undefined && working.has(one.pid) ? 0 : one.idle + 1;
    if (one.idle >= looksBeforeOneEnds)
      one.socket.destroy(new Error('Connection terminated: the server is not at work on what was asked over it'));
  }
}

/** The server's processes that are at work, and do not wait for their client to take an answer or to send the rest. */
async function workingFor(connections: readonly Watched[], watch: Watch): Promise<ReadonlySet<number>> {
  const client = new pg.Client({
    connectionString: watch.url,
    application_name: watch.applicationName,
    connectionTimeoutMillis: 5_000,
    query_timeout: 5_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity
       WHERE pid = ANY($1::int[]) AND state NOT LIKE 'idle%' AND wait_event_type IS DISTINCT FROM 'Client'`,
      [connections.flatMap(({ pid }) => pid ?? [])],
    );
    return new Set(rows.map(({ pid }) => pid));
  } finally {
    client.end().catch(() => undefined);
  }
}
