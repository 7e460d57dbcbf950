import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Of key stores that hold nothing but test certificates. */
export const storePassword = 'of-the-test';

export interface TestAuthority {
  /** Its certificate, for clients to trust. */
  readonly certificateFile: string;
  readonly certificate: string;
  /** Key store with a certificate for 127.0.0.1 and localhost that it has signed. */
  readonly brokerStore: string;
}

/** Makes a certificate authority and a broker's certificate with Java's keytool, once per folder. */
export async function makeTestAuthority(dir: string): Promise<TestAuthority> {
  await mkdir(dir, { recursive: true });
  const certificateFile = path.join(dir, 'ca.pem');
  const brokerStore = path.join(dir, 'broker.p12');
  if (!existsSync(certificateFile)) await make(dir, certificateFile, brokerStore);
  return { certificateFile, brokerStore, certificate: await readFile(certificateFile, 'utf8') };
}

async function make(dir: string, certificateFile: string, brokerStore: string): Promise<void> {
  const authorityStore = path.join(dir, 'ca.p12');
  const keytool = (store: string, alias: string, ...args: readonly string[]) => {
    const where = ['-keystore', store, '-storetype', 'PKCS12', '-storepass', storePassword, '-alias', alias];
    return run('keytool', [...args, ...where]);
  };
  const pair = ['-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '30'];
  await keytool(authorityStore, 'ca', ...pair, '-dname', 'CN=Waymark test authority', '-ext', 'bc:c');
  await keytool(brokerStore, 'broker', ...pair, '-dname', 'CN=broker');
  const request = path.join(dir, 'broker.csr');
  const signed = path.join(dir, 'broker.pem');
  await keytool(brokerStore, 'broker', '-certreq', '-file', request);
  const names = ['-ext', 'san=ip:127.0.0.1,dns:localhost', '-validity', '30'];
  await keytool(authorityStore, 'ca', '-gencert', '-rfc', '-infile', request, '-outfile', signed, ...names);
  const { stdout } = await keytool(authorityStore, 'ca', '-exportcert', '-rfc');
  await writeFile(path.join(dir, 'unfinished.pem'), stdout);
  await keytool(brokerStore, 'ca', '-importcert', '-noprompt', '-file', path.join(dir, 'unfinished.pem'));
  await keytool(brokerStore, 'broker', '-importcert', '-noprompt', '-file', signed);
  await writeFile(certificateFile, stdout);
}
