import { verify } from '@node-rs/argon2';
import { describe, expect, it } from '@jest/globals';
import { deriveSecret } from '../keys/derive-secret.js';
import { LaneFullError } from './lane.js';
import { createReceiptHasher } from './receipt-hash.js';

const pepper = 'the pepper of one deployment, 32 bytes or more';
const receipt = '1234567890123456';

describe('the hash of a receipt', () => {
  it('is found again by the same receipt, whichever way it comes', async () => {
    const hasher = createReceiptHasher({ pepper });
    const stored = await hasher.hash(receipt);
    expect(stored).toMatch(/^[0-9a-f]{64}$/);
    expect(await createReceiptHasher({ pepper }).shown('somewhere', receipt, (hash) => hash())).toBe(stored);
  });

  it('is another for another receipt or another pepper', async () => {
    const stored = await createReceiptHasher({ pepper }).hash(receipt);
    expect(await createReceiptHasher({ pepper }).hash('1234567890123457')).not.toBe(stored);
    expect(await createReceiptHasher({ pepper: `${pepper}!` }).hash(receipt)).not.toBe(stored);
  });

  it('is Argon2id at the OWASP minimum over the peppered receipt', async () => {
    const salt = deriveSecret({ secret: pepper, label: 'waymark.receipt-salt.v1', input: '' }).subarray(0, 16);
    const peppered = deriveSecret({ secret: pepper, label: 'waymark.receipt-hash.v1', input: receipt }).toString('hex');
    const hash = Buffer.from(await createReceiptHasher({ pepper }).hash(receipt), 'hex');
    const unpadded = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
    const encoded = `$argon2id$v=19$m=19456,t=2,p=1$${unpadded(salt)}$${unpadded(hash)}`;
    expect(await verify(encoded, peppered)).toBe(true);
  });

  it('is refused to a flood of guesses, but to nobody from elsewhere and to nobody who submits', async () => {
    const hasher = createReceiptHasher({ pepper, maximumWaiting: 4 });
    const show = (source: string, digit: number) =>
      hasher.shown(source, `000000000000000${digit}`, (hash) => hash().then(() => source));
    const flood = [0, 1, 2, 3, 4, 5, 6].map((digit) => show('flood', digit));
    const others = [show('office', 7), show('home', 8)];
    const submitted = Array.from({ length: 6 }, (_, index) => hasher.hash(`100000000000000${index}`));

    const outcomes = await Promise.allSettled(flood);
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(LaneFullError);
    expect(await Promise.all(others)).toEqual(['office', 'home']);
    expect(new Set(await Promise.all(submitted)).size).toBe(6);
  });
});
