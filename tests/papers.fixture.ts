import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '..');

export interface Paper {
  readonly name: string;
  readonly text: string;
}

const names = (folder: string): readonly string[] => readdirSync(path.join(root, folder));
const inAll = (group: string, file: string): readonly string[] =>
  names(group).map((name) => `${group}/${name}/${file}`);

/** Those of these files of every lib, service and part of the infrastructure that are there. */
export const ofEveryProject = (file: string): readonly string[] =>
  ['libs', 'services', 'infra']
    .flatMap((group) => inAll(group, file))
    .filter((name) => existsSync(path.join(root, name)));

const docs = readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => `docs/${name}`);

/** Every page of the project. */
export const papers: readonly Paper[] = [...names('.'), ...docs, ...ofEveryProject('README.md')]
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(path.join(root, name), 'utf8') }));

const withoutBlocks = (text: string): string => text.replace(/^( *)(```|~~~)[^]*?^\1\2.*$/gm, '');
const withoutCode = (text: string): string => withoutBlocks(text).replace(/`[^`\n]*`/g, '');

/** Where the links and pictures of a page lead, outside of code. */
export function linksOf(text: string): readonly string[] {
  const prose = withoutCode(text);
  const inline = prose.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g);
  const references = prose.matchAll(/^ {0,3}\[[^\]]+\]:\s*<?([^\s>]+)>?/gm);
  const html = prose.matchAll(/\b(?:href|src)="([^"]+)"/g);
  return [...inline, ...references, ...html].flatMap(([, target]) => (target === undefined ? [] : [target]));
}

/** The names that headings can be linked by, made as GitHub makes them. */
export function anchorsOf(text: string): readonly string[] {
  const seen = new Map<string, number>();
  return [...withoutBlocks(text).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, heading = '']) => {
    const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const slug = words.replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '').replaceAll(' ', '-');
    const earlier = seen.get(slug) ?? 0;
    seen.set(slug, earlier + 1);
    return earlier === 0 ? slug : `${slug}-${earlier}`;
  });
}

/** The links of a page that lead nowhere. Other sites are not asked. */
export const brokenLinks = (paper: Paper): readonly string[] =>
  linksOf(paper.text).filter((link) => !leads(link, paper));

function leads(link: string, from: Paper): boolean {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return true;
  const [target = '', anchor] = link.split('#');
  const file = path.resolve(root, path.dirname(from.name), decodeURI(target));
  if (target !== '' && !existsSync(file)) return false;
  if (anchor === undefined) return true;
  if (target !== '' && !statSync(file).isFile()) return false;
  const text = target === '' ? from.text : readFileSync(file, 'utf8');
  return anchorsOf(text).includes(decodeURIComponent(anchor));
}

/** What a page tells its reader to type: the lines of its code blocks, and code within the text. */
export function commandsOf(text: string): readonly string[] {
  const blocks = [...text.matchAll(/^( *)(```|~~~).*\n([^]*?)^\1\2.*$/gm)].flatMap(([, , , code = '']) =>
    code.split('\n'),
  );
  const inline = [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...inline].map((line) => line.trim());
}

/** The files and folders that a page names by their whole path, in code within the text. */
export const filesNamedIn = (text: string): readonly string[] =>
  commandsOf(text).filter((code) => /^(?:libs|services|infra|tools|tests|docs)\/[\w./-]+$/.test(code));
