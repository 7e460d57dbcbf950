// ESLint over the tree, then over the canaries, which exist in memory only.
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import path from 'node:path';
import { codeCanaries } from './code-canaries.mjs';
import { reportCanaries, reportMissing } from './report.mjs';

const root = path.resolve(import.meta.dirname, '../..');

// The boundary rule judges by the project graph on disk; without one it would be silent.
process.env.NX_DAEMON = 'false';
await createProjectGraphAsync();
// It reads that graph once in a run of ESLint's own command, else again for every file.
process.argv[1] = path.join(root, 'node_modules/eslint/bin/eslint.js');

const eslint = new ESLint({ cwd: root });
const results = await eslint.lintFiles(['.']);
const found = results.flatMap(({ messages }) => messages).length;
const formatter = await eslint.loadFormatter('stylish');
process.stdout.write(await formatter.format(results));
console.log(found === 0 ? `code: ${results.length} files, clean` : `code: ${found} found`);

console.log('canaries of the code rules:');
const outcomes = [];
for (const { rule, messageId, says, at, text } of codeCanaries) {
  const [{ messages }] = await eslint.lintText(text, { filePath: path.join(root, at) });
  const seen = messages.map((message) =>
    messageId === undefined || message.messageId === messageId
      ? message.ruleId
      : `${message.ruleId} (${message.messageId})`,
  );
  outcomes.push({ rule, says, fired: [...new Set(seen.map((name) => name ?? 'no rule'))] });
}
process.exitCode = reportCanaries(outcomes) && found === 0 ? 0 : 1;
