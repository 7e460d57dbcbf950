/** Addresses without their passwords, whether they stand before the host or among the parameters. */
const withoutPasswords = (text: string): string =>
  text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]*@/gi, '$1:***@')
    .replace(/([?&](?:password|sslpassword)=)[^\s&]*/gi, '$1***');

function passwordsIn(address: string): readonly string[] {
  if (!URL.canParse(address)) return [];
  const { password, searchParams } = new URL(address);
  const found = [password, searchParams.get('password') ?? ''].filter((each) => each.length > 3);
  return found.flatMap((each) => [each, decodeOrKeep(each)]);
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A text as it may be printed: without the passwords of these addresses, wherever they stand, and of any other address. */
export function maskPasswords(text: string, addresses: readonly string[]): string {
  const masked = addresses
    .flatMap(passwordsIn)
    .reduce((safe, password) => safe.replaceAll(password, '***'), withoutPasswords(text));
  return masked;
}
