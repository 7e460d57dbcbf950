import { describe, expect, it } from '@jest/globals';
import { deriveSecret } from './derive-secret.js';

const secret = Buffer.alloc(32, 7);

describe('a derived secret', () => {
  it('is the same for the same secret, label and input, and 32 bytes long', () => {
    const derived = deriveSecret({ secret, label: 'receipts', input: 'x' });
    expect(derived).toHaveLength(32);
    expect(deriveSecret({ secret, label: 'receipts', input: 'x' })).toEqual(derived);
  });

  it('differs when any of the three differs, also where they only meet elsewhere', () => {
    const derived = [
      deriveSecret({ secret, label: 'receipts', input: 'x' }),
      deriveSecret({ secret, label: 'receipt', input: 'sx' }),
      deriveSecret({ secret, label: 'receipts', input: 'y' }),
      deriveSecret({ secret: Buffer.alloc(32, 8), label: 'receipts', input: 'x' }),
    ].map((bytes) => bytes.toString('hex'));
    expect(new Set(derived).size).toBe(4);
  });

  it('is refused from a secret of fewer than 32 bytes', () => {
    expect(() => deriveSecret({ secret: 'short', label: 'receipts', input: 'x' })).toThrow(TypeError);
  });
});
