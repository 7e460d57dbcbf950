import { createHash, timingSafeEqual } from 'node:crypto';
import { EnvError, makeValidator } from 'envalid';
import { Problem } from '../problem.js';

const secret = makeValidator<string>((value) => {
  if (!/^[\x21-\x7e]{22,200}$/.test(value)) throw new EnvError('must be 22 to 200 visible ASCII characters');
  return value;
});

/** Who may read what a service counts, by which somebody could tell how much comes that they do not see. */
export const metricsVariables = {
  METRICS_TOKEN: secret({ default: undefined, desc: 'what has to be shown, as a bearer token, to read `/metrics`' }),
};

/** Everybody where no token was set: a proxy has to keep the route from the outside then. */
export class MetricsReaders {
  constructor(private readonly token: string | undefined) {}

  /** 401 for whoever does not show the token. How long that takes says nothing of it. */
  demand(authorization: string | undefined): void {
    if (this.token === undefined) return;
    if (timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${this.token}`))) return;
    const message = 'The metrics are for whoever shows the token that this service was given for them.';
    throw new Problem(401, 'metrics_token_missing', message, undefined, { 'www-authenticate': 'Bearer' });
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
