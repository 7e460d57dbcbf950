/** A connection string, taken apart as far as the adapter needs it. */
export interface KurrentAddress {
  /** As the client wants it. */
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: string };
}

const form =
  /^(?:esdb|kurrentdb)(?<discover>\+discover)?:\/\/(?:(?<username>[^:@/?]+):(?<password>[^:@/?]+)@)?(?<hosts>[^@/?]+)\/?(?:\?(?<options>.*))?$/;

const known = new Set([
  ...['tls', 'tlscafile', 'tlsverifycert', 'nodepreference', 'connectionname'],
  ...['maxdiscoverattempts', 'discoveryinterval', 'gossiptimeout', 'defaultdeadline'],
  ...['keepaliveinterval', 'keepalivetimeout'],
]);

/** The refusals name a rule and never a value: the value has a password in it. */
const refuse = (rule: string): never => {
  throw new TypeError(`not a connection string that can be used: ${rule}`);
};

/**
 * Reads `esdb://user:password@host:2113?tls=true` and its kin (`kurrentdb://`, `+discover`, several hosts). Everything that
 * the client would complain about by printing the whole string, password included, is refused here first.
 */
export function readConnectionString(text: string): KurrentAddress {
  const { discover = '', username, password, hosts = '', options = '' } = form.exec(text.trim())?.groups ?? {};
  if (hosts === '') return refuse('it must be esdb://[user:password@]host:port[?option=value&…]');
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(options)) given.set(name.toLowerCase().replace(/[_-]/g, ''), value);
  for (const name of given.keys()) {
    if (!known.has(name)) refuse(`an option is not among ${[...known].join(', ')}`);
  }
  if (!/^(true|false|)$/.test(given.get('tls') ?? '')) refuse('tls is true or false');
  if ((given.get('tlsverifycert') ?? 'true') !== 'true') refuse('certificates are always verified; give tlsCAFile');
  const secure = given.get('tls') !== 'false';
  if (secure && username === undefined) refuse('with TLS it needs user:password');
  try {
    return {
      url: `esdb${discover}://${username === undefined ? '' : `${username}:${password}@`}${hosts}${options && `?${options}`}`,
      // Ignored without TLS, where the server knows no users. Why they go with each call: see KurrentClient.
      credentials: { username: decodeURIComponent(username ?? ''), password: decodeURIComponent(password ?? '') },
    };
  } catch {
    return refuse('user and password are percent-encoded');
  }
}
