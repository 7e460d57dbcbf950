// ESLint over the tree, then over the canaries, which exist in memory only.
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import path from 'node:path';
import tseslint from 'typescript-eslint';
import { codeCanaries } from './code-canaries.mjs';
import { reportCanaries } from './report.mjs';

const root = path.resolve(import.meta.dirname, '../..');

// The boundary rule judges by the project graph on disk; without one it would be silent.
process.env.NX_DAEMON = 'false';
await createProjectGraphAsync();
// It keeps that graph for a whole run of ESLint's own command only, and else reads it again for every file.
process.argv[1] = path.join(root, 'node_modules/eslint/bin/eslint.js');

const eslint = new ESLint({ cwd: root });
const results = await eslint.lintFiles(['.']);
const found = results.flatMap(({ messages }) => messages).length;
process.stdout.write(await (await eslint.loadFormatter('stylish')).format(results));
console.log(found === 0 ? `code: ${results.length} files, clean` : `code: ${found} found`);

// Most rules ask for no types; loading the program for each of their canaries would take long.
const untyped = new ESLint({ cwd: root, overrideConfig: tseslint.configs.disableTypeChecked });
console.log('canaries of the code rules:');
const outcomes = [];
for (const canary of codeCanaries) outcomes.push({ ...canary, fired: await reportedFor(canary) });
process.exitCode = reportCanaries(outcomes) && found === 0 ? 0 : 1;

async function reportedFor({ text, at, reason, tags = {}, typed = false }) {
  const giveBack = lend(tags);
  try {
    const [{ messages }] = await (typed ? eslint : untyped).lintText(text, { filePath: path.join(root, at) });
    const names = messages.map(({ ruleId, messageId, message }) => {
      if (ruleId === null) return message;
      return reason === undefined || messageId === reason ? ruleId : `${ruleId} (${messageId})`;
    });
    return [...new Set(names)];
  } finally {
    giveBack();
  }
}

/** Gives projects other tags in the graph that the boundary rule keeps in memory. */
function lend(tags) {
  const lent = Object.entries(tags).map(([name, wanted]) => {
    const { data } = globalThis.projectGraph.nodes[name];
    const own = data.tags;
    data.tags = wanted;
    return () => (data.tags = own);
  });
  return () => lent.forEach((giveBack) => giveBack());
}
