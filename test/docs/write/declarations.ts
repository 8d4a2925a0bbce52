import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../../libs/host/project-root.js';

/**
 * Puts into each block ```` ```ts <file> <name> <name> … ```` the declarations of these names, as they stand in the
 * file, and into ```` ```js <file> ```` the whole of it.
 */
export function renderDeclarations(document: string): string {
  return document.replace(/^(```[jt]s) (\S+\.[jt]s)( .+)?\n[\s\S]*?^```$/gm, (_, fence, file, names = '') => {
    const source = readFileSync(join(findProjectRoot(), file), 'utf8').trimEnd();
    const wanted = String(names).split(' ').slice(1);
    const declarations = wanted.map((name) => requireDeclaration(source, file, name));
    const text = wanted.length === 0 ? source : declarations.join('\n\n');
    return `${fence} ${file}${names}\n${text}\n\`\`\``;
  });
}

/** With the comment above it. */
function requireDeclaration(source: string, file: string, name: string): string {
  const lines = source.split('\n');
  const at = lines.findIndex((line) =>
    new RegExp(`^(?:export )?(?:interface|type|const) ${name}\\b`).test(line),
  );
  if (at === -1) throw new Error(`${file} declares no ${name}`);
  return lines.slice(findComment(lines, at), findEnd(lines, at) + 1).join('\n');
}

function findComment(lines: readonly string[], at: number): number {
  if (!lines[at - 1]?.endsWith('*/')) return at;
  return lines.findLastIndex((line, index) => index < at && line.startsWith('/**'));
}

/** What opens on the first line closes at the margin; else it ends with a semicolon, and an empty line behind it. */
function findEnd(lines: readonly string[], at: number): number {
  const opens = /[{[]$/.test(lines[at]!);
  const isEnd = (index: number) =>
    (opens ? /^[}\]]/ : /;$/).test(lines[index]!) && (opens || !lines[index + 1]);
  return lines.findIndex((_, index) => index >= at && isEnd(index));
}
