import { createServer } from 'node:http';
import { once } from 'node:events';
import type { Part, Ports } from './ports.js';

const parts: readonly { readonly part: Part; readonly title: string; readonly what: string }[] = [
  { part: 'intake', title: 'Intake', what: 'Concerns: raised, answered within 24 hours, triaged, accepted' },
  { part: 'case', title: 'Case', what: 'Case team, risk assessments, stages' },
  { part: 'consent', title: 'Consent', what: 'What the client allows, and the ledger of what was disclosed' },
  { part: 'referral', title: 'Referral', what: 'Referrals to units, by consent only' },
  { part: 'reporting', title: 'Reporting', what: 'De-identified tables; small cells are not shown' },
  { part: 'audit', title: 'Audit', what: 'Replay of every event, state as of any moment' },
  { part: 'engagement', title: 'Engagement', what: 'Reference group and learning (health only for now)' },
  { part: 'identity', title: 'Identity', what: 'Demo sign-in; never for real people' },
];

/** The page that says what is running where. It holds no data. */
export async function startPage(ports: Ports, urlOf: (part: Part) => string): Promise<{ stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url !== '/')
      return void response.writeHead(404, { 'content-type': 'text/plain' }).end('Nothing here.\n');
    void render(urlOf).then((html) => {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        'x-content-type-options': 'nosniff',
      });
      response.end(html);
    });
  });
  server.listen(ports.page, '127.0.0.1');
  await once(server, 'listening');
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function render(urlOf: (part: Part) => string): Promise<string> {
  const rows = await Promise.all(
    parts.map(async (each) => row(each, urlOf(each.part), await isReady(each.part, urlOf(each.part)))),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Waymark</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 60rem; margin: 3rem auto; padding: 0 1.5rem; }
  h1 { margin: 0; font-size: 1.75rem; }
  .demo { border-left: .35rem solid #b45309; padding: .5rem 1rem; background: color-mix(in srgb, #b45309 12%, transparent); }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; padding: .6rem .75rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); vertical-align: top; }
  .ready::before { content: "●"; color: #15803d; margin-right: .4rem; }
  .down::before { content: "▲"; color: #b91c1c; margin-right: .4rem; }
  code { font-size: .9em; }
  small { font-weight: normal; }
</style>
</head>
<body>
<h1>Waymark</h1>
<p>Everything runs in one process, for trying out.</p>
<p class="demo"><strong>Demo.</strong> The people and their password are public. Enter nothing about real persons.</p>
<table>
<thead><tr><th scope="col">Service</th><th scope="col">State</th><th scope="col">Address</th><th scope="col">For people</th><th scope="col">For programs</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>
<p>A token: <code>curl -s -d grant_type=password -d client_id=waymark-cli -d username=amina.officer -d password=waymark-demo ${urlOf('identity')}/token</code></p>
</body>
</html>
`;
}

function row({ part, title, what }: (typeof parts)[number], url: string, ready: boolean): string {
  const state = ready ? '<span class="ready">ready</span>' : '<span class="down">not ready</span>';
  const [docs, machine] =
    part === 'identity'
      ? ['', `<a href="${url}/.well-known/openid-configuration">OIDC discovery</a>`]
      : [`<a href="${url}/docs">API page</a>`, `<a href="${url}/openapi.json">OpenAPI</a>`];
  return `<tr><th scope="row">${title}<br><small>${what}</small></th><td>${state}</td><td><code>${url}</code></td><td>${docs}</td><td>${machine}</td></tr>`;
}

async function isReady(part: Part, url: string): Promise<boolean> {
  const path = part === 'identity' ? '/.well-known/openid-configuration' : '/health/ready';
  const answer = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(4000) }).catch(() => undefined);
  if (!answer?.ok || part === 'identity') return answer?.ok ?? false;
  // One that takes requests though a part of it is degraded says so here as well.
  return (await answer.text()).includes('"status":"ok"');
}
