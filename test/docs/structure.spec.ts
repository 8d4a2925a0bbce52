import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { codesIn, DOCUMENTS, findBlocks, leadsSomewhere, proseOf, ROOT, readDocument } from './markdown.js';

const SCRIPTS = Object.keys(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).scripts);

describe.each(DOCUMENTS)('%s', (path) => {
  const text = readDocument(path);

  it('has links that lead somewhere', () => {
    const links = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
    const dead = links.filter((link) => !/^https?:/.test(link) && !resolves(path, link));
    expect(dead).toEqual([]);
  });

  it('names paths that exist', () => {
    const paths = codesIn(proseOf(text)).filter((code) =>
      /^(apps|bench|bin|docs|examples|libs|scripts|temporal|test)\/[\w./<>*-]*$/.test(code),
    );
    expect(paths.filter((code) => !leadsSomewhere(code))).toEqual([]);
  });

  it('names scripts of npm, and programs of the build, that exist', () => {
    const commands = [...text.matchAll(/npm (?:run )?([a-z]+(?::[a-z]+)*)/g)].map(([, name]) => name!);
    const own = commands.filter((name) => !['install', 'ci', 'scripts', 'package', 'and'].includes(name));
    expect(own.filter((name) => !SCRIPTS.includes(name))).toEqual([]);
    const programs = [...text.matchAll(/dist\/([\w/-]+)\.js/g)].map(([, name]) => `${name}.ts`);
    expect(programs.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
  });
});

it('shows every folder of the project, down to the second level, and no other', () => {
  const tree = findBlocks(readDocument('README.md')).find(({ text }) => text.startsWith('apps/'));
  expect(readTree(tree!.text)).toEqual(listFolders());
});

function resolves(from: string, link: string): boolean {
  const [target = '', anchor] = link.split('#');
  const path = target === '' ? from : relative(ROOT, join(ROOT, dirname(from), target));
  if (!existsSync(join(ROOT, path))) return false;
  return anchor === undefined || anchorsOf(path).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(path: string): string[] {
  return [...proseOf(readDocument(path)).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** `apps/`, `apps/api/` … of the lines `name/   what it is`. */
function readTree(text: string): string[] {
  const folders: string[] = [];
  let top = '';
  for (const line of text.split('\n')) {
    const [, indent, name] = /^( {2})?([\w.-]+\/) +\S/.exec(line) ?? [];
    if (name === undefined) throw new Error(`not a line of the tree: ${line}`);
    if (indent === undefined) top = name;
    folders.push(indent === undefined ? name : top + name);
  }
  return folders;
}

function listFolders(): string[] {
  return childrenOf('').flatMap((top) => [top, ...childrenOf(top)]);
}

/** Folders of one that hold anything, without those that git ignores. */
function childrenOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$|coverage$)/.test(entry.name))
    .map((entry) => `${folder}${entry.name}/`)
    .filter(holdsFiles)
    .sort();
}

function holdsFiles(folder: string): boolean {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }).some((entry) =>
    entry.isFile(),
  );
}
