const address = /[\p{L}\p{N}._%+'-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+/gu;
const number = /(?:\+|\b00)?\d(?:[\s()./-]*\d){6,14}/gu;
const most = 10;

/**
 * E-mail addresses and telephone numbers in what somebody has written about how to reach them, each in one form however it was typed.
 * A number without its country is another than the same with it: nobody guesses where somebody calls from.
 */
export function contactsIn(text: string): readonly string[] {
  const plain = text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\p{Nd}/gu, digit);
  const addresses = plain.match(address) ?? [];
  const numbers = plain.replaceAll(address, ' ').replaceAll('(0)', '').match(number) ?? [];
  const contacts = [...addresses.map((each) => `email:${each}`), ...numbers.map((each) => `phone:${dialled(each)}`)];
  return [...new Set(contacts)].slice(0, most);
}

const dialled = (written: string): string => written.replaceAll(/[^+\d]/g, '').replace(/^00/, '+');

/** The ASCII digit for one of any script. Their code points come in tens, in order, and each ten begins with a zero. */
function digit(written: string): string {
  const point = written.codePointAt(0) ?? 0;
  let zero = point;
  while (point - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(point - zero);
}
