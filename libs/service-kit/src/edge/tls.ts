import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, Server } from 'node:tls';
import { ConfigError } from '../config-error.js';
import type { Log } from '../log.js';
import type { TlsFiles } from './edge-settings.js';

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Both files as text. Throws a `ConfigError` when they cannot be read, do not fit together, or anybody may read the key. */
export function readPair({ cert, key }: TlsFiles): Pair {
  const pair = { cert: contentOf('TLS_CERT_FILE', cert), key: contentOf('TLS_KEY_FILE', key) };
  if ((statSync(key).mode & 0o007) !== 0) throw new ConfigError('TLS_KEY_FILE: may be read by anybody (chmod 600)');
  try {
    createSecureContext(pair);
  } catch {
    throw new ConfigError('TLS_CERT_FILE and TLS_KEY_FILE: are not a certificate and its private key');
  }
  return pair;
}

export interface Renewal {
  /** Looks now; answers whether another pair is served from here on. */
  look(): boolean;
  stop(): void;
}

const everyMs = 30_000;

/**
 * Takes a renewed certificate into service without a restart: connections that are open keep theirs. A pair that does not fit, as
 * between the writing of the one file and the other, changes nothing and is said in the log.
 */
export function renewCertificate(files: TlsFiles, server: Server, log: Log): Renewal {
  let served = JSON.stringify(readPair(files));
  const look = (): boolean => {
    try {
      const pair = readPair(files);
      const found = JSON.stringify(pair);
      if (found === served) return false;
      server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' });
      served = found;
      log.info('a renewed certificate is served');
      return true;
    } catch (error) {
      log.error({ err: error }, 'the renewed certificate cannot be used; the one before stays');
      return false;
    }
  };
  const timer = setInterval(look, everyMs).unref();
  return { look, stop: () => clearInterval(timer) };
}

function contentOf(variable: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(`${variable}: the file cannot be read`);
  }
}

/** The TLS side of a server that was made with the two files. */
export function secureServerOf(server: object): Server {
  if (server instanceof Server) return server;
  throw new Error('the server does not speak TLS');
}
