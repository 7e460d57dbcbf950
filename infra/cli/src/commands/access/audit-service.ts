import { Option } from 'commander';
import { ServiceUnreachable, WrongUse } from '../../exit-codes.js';

const ofTheDemo = 'http://127.0.0.1:3006';
const onThisMachine = ['localhost', '127.0.0.1', '[::1]'];

export const auditOption = (): Option =>
  new Option('--audit <address>', 'address of the audit service')
    .env('AUDIT_URL')
    .default(ofTheDemo)
    .argParser(addressOf);

/** A token must not go over a network in the clear. */
function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && onThisMachine.includes(url.hostname)))
    throw new WrongUse('--audit or AUDIT_URL is not of the form https://host; http is for this machine only');
  return text.replace(/\/+$/, '');
}

/** Asks the audit service as the person whose token is in the environment; whatever is asked there is on record under their name. */
export async function askAudit(address: string, path: string): Promise<unknown> {
  const { WAYMARK_TOKEN: token } = process.env;
  if (!token) throw new WrongUse('WAYMARK_TOKEN is needed: an access token of somebody with the role auditor');
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${address}${path}`, {
    headers,
    redirect: 'error',
    signal: AbortSignal.timeout(60_000),
  }).catch((error: unknown) => {
    throw new ServiceUnreachable('the audit service cannot be reached', { cause: error });
  });
  const body: unknown = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const said = refusalIn(body);
  if (response.status >= 500) throw new ServiceUnreachable(`the audit service cannot answer: ${said}`);
  throw new WrongUse(said);
}

/** Fields and rules where it names them, else what it says. */
function refusalIn(body: unknown): string {
  const { errors = [], detail = 'no reason given' } = body as { errors?: { message: string }[]; detail?: string };
  return errors.length > 0 ? errors.map(({ message }) => message).join('; ') : detail;
}
