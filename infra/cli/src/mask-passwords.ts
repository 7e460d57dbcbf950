/** Addresses without their passwords, whether they stand before the host or among the parameters. */
const withoutPasswords = (text: string): string =>
  text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]*@/gi, '$1:***@')
    .replace(/([?&](?:password|sslpassword)=)[^\s&]*/gi, '$1***');

function passwordsIn(address: string): readonly string[] {
  const given = URL.canParse(address) ? inUrl(new URL(address)) : inHostList(address);
  return given.filter((each) => each.length > 3).flatMap((each) => [each, decodeOrKeep(each)]);
}

const inUrl = ({ password, searchParams }: URL): readonly string[] => [password, searchParams.get('password') ?? ''];

/** Of a cluster that names several hosts, which is no URL. */
const inHostList = (address: string): readonly string[] => [/^[^:]+:\/\/[^:/@]*:([^@]+)@/.exec(address)?.[1] ?? ''];

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
