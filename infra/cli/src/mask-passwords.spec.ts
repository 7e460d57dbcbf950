import { describe, expect, it } from '@jest/globals';
import { maskPasswords } from './mask-passwords.js';

describe('a text that is printed', () => {
  it.each([
    ['postgres://role:pass-word@host:5432/db', 'postgres://role:***@host:5432/db'],
    [
      'at postgresql://:p%40ss@host/db?x=1, twice: postgres://a:b@c',
      'at postgresql://:***@host/db?x=1, twice: postgres://a:***@c',
    ],
    ['postgres://host/db?user=a&password=pass-word&x=1', 'postgres://host/db?user=a&password=***&x=1'],
    ['postgres://role@host/db and nothing to hide', 'postgres://role@host/db and nothing to hide'],
  ])('shows addresses without their passwords: %s', (text, masked) => {
    expect(maskPasswords(text, [])).toBe(masked);
  });

  it('shows the passwords of the addresses in use nowhere, as typed or decoded', () => {
    const addresses = [
      'not an address',
      'postgres://role:p%40ss%2Fword@host/db',
      'postgres://h/db?password=an%20other',
      'esdb://user:of%3Aall@a.example:2113,b.example:2113?tls=true',
    ];
    const text = 'refused p@ss/word, p%40ss%2Fword, an other and of:all';
    expect(maskPasswords(text, addresses)).toBe('refused ***, ***, *** and ***');
  });
});
