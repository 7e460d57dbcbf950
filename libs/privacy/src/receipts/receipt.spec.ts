import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { normaliseReceipt, receiptFrom } from './receipt.js';

const secret = 'a secret of the deployment, long enough to be one';
const receipt = (idempotencyKey: string, principal = 'anonymous') => receiptFrom({ secret, idempotencyKey, principal });

describe('a receipt', () => {
  it('has 16 digits and is the same when the same command is sent again', () => {
    expect(receipt('b7c1')).toMatch(/^[0-9]{16}$/);
    expect(receipt('b7c1')).toBe(receipt('b7c1'));
  });

  it('is another for another command, another sender or another deployment', () => {
    const others = [
      receipt('b7c2'),
      receipt('b7c1', 'officer-1'),
      receiptFrom({ secret: `${secret}!`, idempotencyKey: 'b7c1', principal: 'anonymous' }),
    ];
    expect(others).not.toContain(receipt('b7c1'));
    expect(receipt('1', 'a2')).not.toBe(receipt('21', 'a'));
  });

  it('is not made from a secret that could be guessed', () => {
    expect(() => receiptFrom({ secret: 'short', idempotencyKey: 'b7c1', principal: 'anonymous' })).toThrow(TypeError);
  });

  it('may begin with any digit, zero as often as nine', () => {
    const drawn = Array.from({ length: 20_000 }, (_, index) => receipt(`command ${index}`));
    expect(new Set(drawn).size).toBe(drawn.length);
    for (const place of [0, 1, 7, 15]) {
      const counts = Array.from({ length: 10 }, () => 0);
      for (const digits of drawn) counts[Number(digits[place])]! += 1;
      const expected = drawn.length / 10;
      const chiSquared = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // Nine degrees of freedom: 27.9 is passed by chance once in a thousand; the draws are the same in every run.
      expect(chiSquared).toBeLessThan(27.9);
    }
  });
});

describe('a receipt as people type it', () => {
  it.each([
    ['in groups', '1234 5678 9012 3456'],
    ['with hyphens', '1234-5678-9012-3456'],
    ['with dashes that a telephone put in', '1234–5678—9012‑3456'],
    ['with spaces that do not break', '\u00a01234\u00a05678\u202f9012 3456\n'],
    ['in Arabic-Indic digits', '١٢٣٤ ٥٦٧٨ ٩٠١٢ ٣٤٥٦'],
    ['in Persian digits', '۱۲۳۴-۵۶۷۸-۹۰۱۲-۳۴۵۶'],
    ['in full-width digits, as Chinese and Japanese keyboards put them', '１２３４　５６７８－９０１２　３４５６'],
    ['between marks of writing direction', '\u200f\u206712345678\u200e90123456\u2069'],
  ])('is read %s', (_, text) => {
    expect(normaliseReceipt(text)).toBe('1234567890123456');
  });

  it.each([
    ['15 digits', '123456789012345'],
    ['17 digits', '12345678901234567'],
    ['letters among them', '1234567890123456a'],
    ['nothing', ''],
    ['a very long text', `${' '.repeat(100)}1234567890123456`],
    ['digits of scripts that receipts are not shown in', '१२३४५६७८९०१२३४५६'],
  ])('is refused with %s', (_, text) => {
    expect(normaliseReceipt(text)).toBeUndefined();
  });

  it('never comes to anything but 16 ASCII digits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const read = normaliseReceipt(text);
        expect(read === undefined || /^[0-9]{16}$/.test(read)).toBe(true);
      }),
    );
  });
});
