import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLog } from '../log.js';
import { startService } from '../start-service.js';
import { tallyService } from '../tally.fixture.js';
import { prepareGround, type TallyGround } from '../tally-ground.fixture.js';
import { readPair, renewCertificate } from './tls.js';

const silent = createLog('tally', 'silent');

describe('a service with a certificate', () => {
  const dir = mkdtempSync(join(tmpdir(), 'waymark-tls-'));
  const files = { cert: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
  let ground: TallyGround;

  const make = (name: string): void => {
    const out = ['-keyout', join(dir, `${name}.key`), '-out', join(dir, `${name}.cert`)];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', ['req', '-x509', ...kind, '-subj', `/CN=${name}`, ...out], { stdio: 'ignore' });
  };
  const use = (name: string): void => {
    copyFileSync(join(dir, `${name}.cert`), files.cert);
    copyFileSync(join(dir, `${name}.key`), files.key);
    chmodSync(files.key, 0o600);
  };
  const nameServedAt = (port: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().subject.CN);
        socket.destroy();
      });
      socket.on('error', reject);
    });

  beforeAll(async () => {
    make('first');
    make('second');
    ground = await prepareGround();
  });
  beforeEach(() => use('first'));
  afterAll(async () => {
    await ground?.close();
    rmSync(dir, { recursive: true });
  });

  it('speaks HTTPS, and no TLS older than 1.2', async () => {
    const PORT = await ground.freePort();
    const tls = { TLS_CERT_FILE: files.cert, TLS_KEY_FILE: files.key };
    const service = await startService(tallyService, { environment: { ...ground.environment, PORT, ...tls } });
    try {
      expect(service.url).toBe(`https://127.0.0.1:${PORT}`);
      expect(await nameServedAt(Number(PORT))).toBe('first');
      const old = new Promise((_resolve, reject) => {
        const oldest = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
        connect({ port: Number(PORT), host: '127.0.0.1', rejectUnauthorized: false, ...oldest }).on('error', reject);
      });
      await expect(old).rejects.toMatchObject({ code: expect.stringMatching(/PROTOCOL_VERSION|ECONNRESET/) });
    } finally {
      await service.stop();
    }
  });

  it('serves a renewed one without a restart, and the one before as long as the renewal does not fit', async () => {
    const server = createServer(readPair(files)).listen(0);
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const renewal = renewCertificate(files, server, silent);
    try {
      expect(renewal.look()).toBe(false);
      copyFileSync(join(dir, 'second.cert'), files.cert);
      expect(renewal.look()).toBe(false);
      expect(await nameServedAt(port)).toBe('first');
      use('second');
      expect(renewal.look()).toBe(true);
      expect(await nameServedAt(port)).toBe('second');
    } finally {
      renewal.stop();
      server.close();
    }
  });

  const wrong: readonly (readonly [string, () => void, RegExp])[] = [
    ['a key that anybody may read', () => chmodSync(files.key, 0o644), /^TLS_KEY_FILE: may be read by anybody/],
    ['a key of another certificate', () => copyFileSync(join(dir, 'second.key'), files.key), /private key$/],
    ['what is no certificate', () => writeFileSync(files.cert, 'jasmine'), /private key$/],
    ['a file that is not there', () => rmSync(files.cert), /^TLS_CERT_FILE: the file cannot be read$/],
  ];

  it.each(wrong)('does not start with %s', (_what, spoil, message) => {
    spoil();
    expect(() => readPair(files)).toThrow(
      expect.objectContaining({ name: 'ConfigError', message: expect.stringMatching(message) }),
    );
  });

  it('does not start with one of the two files', async () => {
    const PORT = await ground.freePort();
    const environment = { ...ground.environment, PORT, TLS_CERT_FILE: files.cert };
    await expect(startService(tallyService, { environment })).rejects.toThrow('TLS_KEY_FILE: needed');
  });
});
