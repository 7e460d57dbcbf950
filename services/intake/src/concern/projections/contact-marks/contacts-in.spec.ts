import { describe, expect, it } from '@jest/globals';
import { contactsIn } from './contacts-in.js';

describe('the contacts in what somebody has written', () => {
  it.each([
    ['an address', 'Noor@Example.org', ['email:noor@example.org']],
    [
      'an address in a sentence',
      'Write to noor.h+desk@mail.example.org, please.',
      ['email:noor.h+desk@mail.example.org'],
    ],
    ['an address in wide letters', 'ｎｏｏｒ@example.org', ['email:noor@example.org']],
    ['a number', '+41 22 917 00 00', ['phone:+41229170000']],
    ['the same, dialled from abroad', '0041-22-917.0000', ['phone:+41229170000']],
    ['the same, with a zero that is left out', '+41 (0)22/917 0000', ['phone:+41229170000']],
    ['the same, in Arabic digits', '+٤١ ٢٢ ٩١٧ ٠٠٠٠', ['phone:+41229170000']],
    ['a number as it is dialled at home', '022 917 0000', ['phone:0229170000']],
    ['both', 'noor@example.org or +961 1 000 000', ['email:noor@example.org', 'phone:+9611000000']],
    ['one that is said twice', 'noor@example.org; NOOR@example.org', ['email:noor@example.org']],
    ['none', 'Ask at the gate, room 12, after 18:00', []],
    ['digits in an address', 'noor1234567@example.org', ['email:noor1234567@example.org']],
    ['nothing', '', []],
  ])('%s', (_what, text, contacts) => {
    expect(contactsIn(text)).toEqual(contacts);
  });

  it('are ten at most, also in a text made to be slow to look through', () => {
    const many = Array.from({ length: 30 }, (_, index) => `n${index}@example.org`).join(' ');
    expect(contactsIn(many)).toHaveLength(10);
    expect(contactsIn('1 '.repeat(250)).length).toBeLessThanOrEqual(10);
    for (const text of [`${'a.'.repeat(250)}@`, `${'a@'.repeat(250)}`]) expect(contactsIn(text)).toEqual([]);
  });
});
