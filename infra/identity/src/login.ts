import type { IncomingMessage } from 'node:http';
import type { Provider } from 'oidc-provider';
import { loginPage, pageHeaders } from './pages.js';
import type { PeopleDirectory } from './people-directory.js';

const MAX_FORM_BYTES = 8_192;

/** Serves `/login/<uid>`: the page, and what its form sends. */
export function serveLogin(provider: Provider, directory: PeopleDirectory): void {
  provider.use(async (ctx, next) => {
    if (!/^\/login\/[\w-]+$/.test(ctx.path) || (ctx.method !== 'GET' && ctx.method !== 'POST')) {
      await next();
      return;
    }
    const { params } = await provider.interactionDetails(ctx.req, ctx.res);
    const form = ctx.method === 'POST' ? await formOf(ctx.req) : undefined;
    const username = form?.get('username') ?? undefined;
    const person = directory.authenticate(username, form?.get('password') ?? undefined);
    if (person) {
      ctx.respond = false;
      await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: person.id } });
      return;
    }
    const hint = typeof params.login_hint === 'string' ? params.login_hint : undefined;
    // The browser also applies `form-action` to where the redirects after the form end.
    const target = typeof params.redirect_uri === 'string' ? [new URL(params.redirect_uri).origin] : [];
    ctx.status = form ? 401 : 200;
    ctx.set({ ...pageHeaders(target) });
    ctx.body = loginPage({
      people: directory.people,
      action: ctx.path,
      wrong: form !== undefined,
      ...((username ?? hint) === undefined ? {} : { chosen: username ?? hint }),
    });
  });
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_FORM_BYTES) return new URLSearchParams();
    chunks.push(chunk);
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}
