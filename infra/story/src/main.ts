import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runStory, type StepResult } from './run-story.js';

const usage = `Usage: npm run story [-- OPTIONS]
  --base-url URL   the platform's page, http://127.0.0.1:3000 unless given (PORT_BASE is respected)
  --token-url URL  token endpoint, when identity is not the embedded one
                   (then also WAYMARK_DEMO_PASSWORD and WAYMARK_DEMO_TOTP_SECRET, as the realm was given them)
  --json FILE      writes every step's result`;

/** `npm run story`. Answers the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'base-url': { type: 'string' },
      'token-url': { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const baseUrl = values['base-url'] ?? `http://127.0.0.1:${process.env.PORT_BASE ?? 3000}`;
  const { WAYMARK_DEMO_PASSWORD: password, WAYMARK_DEMO_TOTP_SECRET: totpSecret } = process.env;
  const tokenUrl = values['token-url'];
  const signIn = tokenUrl === undefined ? {} : { tokenUrl, password, totpSecret };
  const results = await runStory({ baseUrl, onStep: print, signIn });
  const ok = results.every((result) => result.ok);
  if (values.json) await writeFile(values.json, `${JSON.stringify({ ok, baseUrl, steps: results }, null, 2)}\n`);
  return ok ? 0 : 1;
}

function print({ ok, number, title, detail, milliseconds }: StepResult): void {
  console.log(
    `${ok ? '✓' : '✗'} ${String(number).padStart(2)}. ${title} (${detail}; ${(milliseconds / 1000).toFixed(1)} s)`,
  );
}
