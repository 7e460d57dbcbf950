import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** An answer of Vault other than 200: `errors` is what it says. */
export class VaultRefusal extends Error {
  constructor(
    readonly status: number,
    readonly errors: readonly string[],
  ) {
    super(errors.join('; '));
  }
}

interface TransitKey {
  readonly name: string;
  readonly versions: Map<number, { readonly key: Buffer; readonly madeAt: number }>;
  latest: number;
  minDecryption: number;
  minEncryption: number;
  deletionAllowed: boolean;
}

const refuse = (message: string, status = 400): never => {
  throw new VaultRefusal(status, [message]);
};

const textOf = (body: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'string' ? value : undefined;
};

/** Keys of type `aes256-gcm96` as the Transit engine of Vault keeps them, in memory, with its words for what it refuses. */
export class TransitEngine {
  private readonly keys = new Map<string, TransitKey>();

  has(name: string): boolean {
    return this.keys.has(name);
  }

  create(name: string): object {
    if (!this.keys.has(name)) {
      const versions = new Map([[1, { key: randomBytes(32), madeAt: Math.floor(Date.now() / 1_000) }]]);
      this.keys.set(name, { name, versions, latest: 1, minDecryption: 1, minEncryption: 0, deletionAllowed: false });
    }
    return this.describe(name);
  }

  describe(name: string): object {
    const key = this.keys.get(name);
    if (!key) throw new VaultRefusal(404, []);
    return {
      allow_plaintext_backup: false,
      deletion_allowed: key.deletionAllowed,
      derived: false,
      exportable: false,
      keys: Object.fromEntries([...key.versions].map(([version, { madeAt }]) => [String(version), madeAt])),
      latest_version: key.latest,
      min_available_version: 0,
      min_decryption_version: key.minDecryption,
      min_encryption_version: key.minEncryption,
      name,
      type: 'aes256-gcm96',
    };
  }

  configure(name: string, body: object): object {
    const key = this.keys.get(name) ?? refuse(`no existing key named ${name} could be found`);
    const decryption: unknown = Reflect.get(body, 'min_decryption_version');
    const deletion: unknown = Reflect.get(body, 'deletion_allowed');
    if (typeof decryption === 'number') {
      if (decryption > key.latest)
        refuse(`cannot set min decryption version of ${decryption}, latest key version is ${key.latest}`);
      key.minDecryption = Math.max(1, decryption);
    }
    if (typeof deletion === 'boolean') key.deletionAllowed = deletion;
    return this.describe(name);
  }

  rotate(name: string): object {
    const key = this.keys.get(name) ?? refuse('key not found');
    key.latest += 1;
    key.versions.set(key.latest, { key: randomBytes(32), madeAt: Math.floor(Date.now() / 1_000) });
    return this.describe(name);
  }

  delete(name: string): void {
    const key = this.keys.get(name) ?? refuse(`could not delete key; not found`);
    if (!key.deletionAllowed) refuse(`error deleting policy ${name}: deletion is not allowed for this key`);
    this.keys.delete(name);
  }

  encrypt(name: string, body: object): object {
    const plaintext = textOf(body, 'plaintext') ?? refuse('missing plaintext to encrypt');
    const key = this.keys.get(name) ?? refuse('encryption key not found');
    return this.seal(key, Buffer.from(plaintext, 'base64'));
  }

  decrypt(name: string, body: object): object {
    return { plaintext: this.open(name, body).plain.toString('base64') };
  }

  rewrap(name: string, body: object): object {
    const { key, plain } = this.open(name, body);
    return this.seal(key, plain);
  }

  private seal(key: TransitKey, plain: Buffer): object {
    const version = key.versions.get(key.latest) ?? refuse('no key version', 500);
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', version.key, iv);
    const sealed = Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    return { ciphertext: `vault:v${key.latest}:${sealed.toString('base64')}`, key_version: key.latest };
  }

  private open(name: string, body: object): { readonly key: TransitKey; readonly plain: Buffer } {
    const ciphertext = textOf(body, 'ciphertext') ?? refuse('missing ciphertext to decrypt');
    const key = this.keys.get(name) ?? refuse('encryption key not found');
    if (!ciphertext.startsWith('vault:v')) refuse('invalid ciphertext: no prefix');
    const [number = '', text, ...rest] = ciphertext.slice('vault:v'.length).split(':');
    if (text === undefined || rest.length > 0) refuse('invalid ciphertext: wrong number of fields');
    const version = Number(number);
    if (!Number.isInteger(version)) refuse('invalid ciphertext: version number could not be decoded');
    if (version > key.latest) refuse('invalid ciphertext: version is too new');
    if (version < key.minDecryption) refuse('ciphertext or signature version is disallowed by policy (too old)');
    const sealed = Buffer.from(text ?? '', 'base64');
    if (sealed.length < 28) refuse('invalid ciphertext length');
    const decipher = createDecipheriv('aes-256-gcm', key.versions.get(version)?.key ?? '', sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(-16));
    try {
      return { key, plain: Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]) };
    } catch {
      return refuse('cipher: message authentication failed');
    }
  }
}
