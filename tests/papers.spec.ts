import { describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { anchorsOf, brokenLinks, commandsOf, filesNamedIn, ofEveryProject, papers, root } from './papers.fixture.js';

interface Project {
  readonly name: string;
  readonly targets: Readonly<Record<string, unknown>>;
}

const json = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

const { scripts } = json('package.json') as { readonly scripts: Readonly<Record<string, string>> };
const projects = ofEveryProject('project.json').map((file) => json(file) as Project);
const isTarget = (target: string): boolean => projects.some((project) => target in project.targets);

/** Whether a command of ours exists; those of others (curl, docker …) are not judged. */
function exists(command: string): boolean {
  const words = command.replace(/^(?:[A-Z_]+=\S* +)+/, '').split(/\s+/);
  const [program = '', first = '', second = '', third = ''] = words;
  if (program === 'npm' && first === 'run') return isScript(second);
  if (program === 'npm' && ['start', 'test'].includes(first)) return isScript(first);
  if (program === 'npx' && first === 'nx') return isNxCommand(second, third, words);
  if (program === 'node' && /^[\w./-]+\.mjs$/.test(first)) return existsSync(path.join(root, first));
  return program === '.ci/run' ? existsSync(path.join(root, program)) : true;
}

function isScript(name: string): boolean {
  const script = scripts[name];
  return script !== undefined && exists(script);
}

function isNxCommand(verb: string, object: string, words: readonly string[]): boolean {
  if (['run-many', 'affected'].includes(verb))
    return words.slice(words.indexOf('-t') + 1).every((word) => word.startsWith('-') || isTarget(word));
  if (verb === 'graph' || verb === 'show' || verb === 'reset') return true;
  const [name = '', target = ''] = verb === 'run' ? object.split(':') : [object, verb];
  // `<service>` stands for any project.
  if (/^<.+>$/.test(name)) return isTarget(target);
  return projects.some((project) => project.name === name && target in project.targets);
}

describe('the papers', () => {
  it.each(papers)('$name links to nothing that is not there', (paper) => {
    expect(brokenLinks(paper)).toEqual([]);
  });

  it.each(papers)('$name names commands that exist', ({ text }) => {
    expect(commandsOf(text).filter((command) => !exists(command))).toEqual([]);
  });

  it.each(papers)('$name names files that are there', ({ text }) => {
    expect(filesNamedIn(text).filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  it.each(papers.filter(({ name }) => name.startsWith('docs/adr/')))('$name says how it was decided', ({ text }) => {
    const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(['Context', 'Options', 'Decision', 'Consequences', 'Enforced by']);
  });
});

describe('the check of the papers', () => {
  const broken = (text: string) => brokenLinks({ name: 'docs/page.md', text });

  it('finds links that lead nowhere', () => {
    expect(broken('[a](missing.md), [b](../package.json), [c](https://example.org/x), ![d](none.svg)')).toEqual([
      'missing.md',
      'none.svg',
    ]);
    expect(broken('[a]: gone.md\n<img src="gone.png">')).toEqual(['gone.md', 'gone.png']);
  });

  it('finds headings that are not there', () => {
    const text = '# The `log`, in PostgreSQL\n## Why\n## Why\n```sh\n# no heading\n```\n';
    expect(anchorsOf(text)).toEqual(['the-log-in-postgresql', 'why', 'why-1']);
    expect(broken(`${text}[a](#why-1), [b](#why-2), [c](../README.md#nowhere)`)).toEqual([
      '#why-2',
      '../README.md#nowhere',
    ]);
  });

  it('leaves alone what is code', () => {
    expect(broken('`[a](missing.md)`\n\n```\n[b](missing.md)\n```\n')).toEqual([]);
  });

  it('finds files that are named', () => {
    expect(filesNamedIn('`libs/none/src/x.ts`, `services/<name>/src`, `libs/*/src`, `some words`')).toEqual([
      'libs/none/src/x.ts',
    ]);
  });

  it('finds commands that do not exist', () => {
    const text =
      'Run `npm run nothing`, `npx nx serve nobody`, `node tools/none.mjs` or\n```sh\nX=1 npm run lint\nnpm run no\n```\n';
    expect(commandsOf(text).filter((command) => !exists(command))).toEqual([
      'npm run no',
      'npm run nothing',
      'npx nx serve nobody',
      'node tools/none.mjs',
    ]);
  });
});
