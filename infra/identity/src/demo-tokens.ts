import { CLI_CLIENT_ID } from './clients.js';
import { DEMO_PASSWORD } from './demo-people.js';

/** Access tokens of demo people, each asked for anew before it runs out. */
export class DemoTokens {
  private readonly known = new Map<string, { readonly token: string; readonly until: number }>();

  constructor(private readonly issuer: string) {}

  /** Throws the issuer's answer when it gives no token. */
  async of(username: string): Promise<string> {
    const known = this.known.get(username);
    if (known && known.until > Date.now()) return known.token;
    const form = { grant_type: 'password', client_id: CLI_CLIENT_ID, username, password: DEMO_PASSWORD };
    const response = await fetch(`${this.issuer}/token`, { method: 'POST', body: new URLSearchParams(form) });
    const answer = (await response.json()) as { readonly access_token?: string };
    if (!answer.access_token) throw new Error(`no token for ${username}: ${JSON.stringify(answer)}`);
    this.known.set(username, { token: answer.access_token, until: Date.now() + 120_000 });
    return answer.access_token;
  }
}
