/** No vowels, so that no word appears; nothing that is mistaken for something else when read out or written down. */
const alphabet = '23456789BCDFGHJKMNPQRSTVWXYZ';

/**
 * The code by which people speak of a case, such as `K7RM-2XQD`: random, so that it reveals neither order nor number of cases.
 * Follows from the last 48 bits of a derived id, all of which are free. A name for people, not a key.
 */
export function caseCodeFrom(id: string): string {
  let rest = Number.parseInt(id.slice(-12), 16);
  let code = '';
  for (let place = 0; place < 8; place += 1) {
    code += alphabet.charAt(rest % alphabet.length);
    rest = Math.floor(rest / alphabet.length);
  }
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** A code as somebody says or writes it: in small letters, without the dash. */
export const caseCodePattern = /^[2-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{4}-?[2-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{4}$/;

/** The same as it was made. */
export const caseCodeAsMade = (written: string): string => written.toUpperCase().replace(/^(.{4})-?(.{4})$/, '$1-$2');
