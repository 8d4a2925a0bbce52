import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../libs/host/project-root.js';

export const ROOT = findProjectRoot();

/** All documentation, relative to the project. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true })
    .map((name) => `docs/${name}`)
    .filter((path) => path.endsWith('.md'))
    .sort(),
];

/** A fenced block. */
export interface Block {
  /** What stands behind the opening fence: `yaml`, `console`. */
  readonly info: string;
  readonly text: string;
  /** Of its first line in the document, from 1. */
  readonly line: number;
}

export function readDocument(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function findBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { info: string; lines: string[]; line: number } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (open === undefined) {
      if (fence) open = { info: fence[1]!.trim(), lines: [], line: index + 2 };
    } else if (fence) {
      blocks.push({ info: open.info, text: open.lines.join('\n'), line: open.line });
      open = undefined;
    } else open.lines.push(line);
  }
  if (open !== undefined) throw new Error(`the block at line ${open.line} has no end`);
  return blocks;
}

/** `$ command` and the lines that it prints to stdout. */
export function readExchanges({ text }: Block): { readonly command: string; readonly output: string[] }[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((exchange) => {
      const [command = '', ...output] = exchange.trimEnd().split('\n');
      return { command, output };
    });
}

/** The text without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(/^```.*\n[\s\S]*?^```$/gm, '');
}

/** From a heading (`## Limits`) to the next one of its level or above. */
export function sectionOf(text: string, heading: string): string {
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`there is no heading "${heading}"`);
  const level = /^#+/.exec(heading)![0].length;
  const length = lines
    .slice(start + 1)
    .findIndex((line) => (/^#+ /.exec(line)?.[0].length ?? 99) <= level + 1);
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).join('\n');
}

/** Every table, each a list of rows without head and rule; cells as written. */
export function findTables(text: string): string[][][] {
  const tables = proseOf(text).match(/(^\|.*\|\n?)+/gm) ?? [];
  return tables.map((table) => table.trim().split('\n').slice(2).map(cellsOf));
}

function cellsOf(row: string): string[] {
  return row
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

/** What stands in backticks. */
export function codesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

/** Whether a path of the project, in which `<name>` and `*` stand for anything, leads to something. */
export function leadsSomewhere(path: string): boolean {
  const [, fixed = ''] = /^([^<*]*)(?=\/|$)/.exec(path.replace(/\/$/, '')) ?? [];
  return existsSync(join(ROOT, fixed));
}
