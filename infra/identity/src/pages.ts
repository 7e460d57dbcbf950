import { createHash } from 'node:crypto';
import type { DemoPerson } from './demo-people.js';

const style = `
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { margin: 0 auto; max-width: 26rem; padding: 2rem 1rem; }
  .demo { border: 2px solid #b45309; border-radius: .5rem; padding: .75rem 1rem; }
  .wrong { color: #b91c1c; }
  label { display: block; font-weight: 600; margin-top: 1rem; }
  select, input, button { box-sizing: border-box; font: inherit; margin-top: .25rem; min-height: 2.75rem; padding: .5rem; width: 100%; }
  button { background: #1d4ed8; border: 0; border-radius: .375rem; color: #fff; margin-top: 1.5rem; }
  @media (prefers-color-scheme: dark) { .wrong { color: #fca5a5; } }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** Headers of every page: no script at all, no framing, no caching, and forms that lead only where they should. */
export const pageHeaders = (formTargets: readonly string[] = []): Readonly<Record<string, string>> => ({
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    `form-action ${["'self'", ...formTargets].join(' ')}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
});

/** The page on which a demo person signs in. */
export function loginPage(options: {
  readonly people: readonly DemoPerson[];
  readonly action: string;
  readonly chosen?: string;
  readonly wrong?: boolean;
}): string {
  const choices = options.people.map(
    ({ username, name, roles, unit }) =>
      `<option value="${escaped(username)}"${username === options.chosen ? ' selected' : ''}>` +
      `${escaped(name)} (${escaped([...roles, ...(unit ? [unit] : [])].join(', ').replaceAll('_', ' '))})</option>`,
  );
  return page(
    'Sign in',
    `<h1>Sign in</h1>
<p class="demo"><strong>Demonstration.</strong> These people are invented and share one public password. Never use this for real work.</p>
${options.wrong ? '<p class="wrong" role="alert">This name and this password do not belong together.</p>' : ''}
<form method="post" action="${escaped(options.action)}">
<label for="username">Person</label>
<select id="username" name="username" required>${choices.join('')}</select>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>`,
  );
}

/** What a person sees when a sign-in cannot go on. */
export const errorPage = (code: string): string =>
  page('Sign in', `<h1>This did not work</h1><p>Please go back and start again. (${escaped(code)})</p>`);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${style}</style></head>
<body><main>${body}</main></body>
</html>
`;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
