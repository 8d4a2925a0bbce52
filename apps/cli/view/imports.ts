import type { WrittenImport } from '../import/write-definitions.js';
import { countFindings, renderFindings } from './findings.js';
import { toPlainText } from './plain-text.js';
import type { Style } from './style.js';

/**
 * What became of each workflow: where it is now and what was decided, or why not, and at the end how many.
 *
 * @param texts of the sources, by path
 */
export function renderImports(
  results: readonly WrittenImport[],
  texts: ReadonlyMap<string, string>,
  style: Style,
): string[] {
  const taken = results.filter(({ written }) => written !== undefined).length;
  const lines = results.flatMap((each) => renderImport(each, texts.get(each.path) ?? '', style));
  return [...lines, `${taken} taken over, ${results.length - taken} not`];
}

function renderImport(result: WrittenImport, text: string, style: Style): string[] {
  const { path, written, findings, notes } = result;
  const place = toPlainText(path);
  const verdict =
    written === undefined
      ? `${style.bad('not taken over')}, ${countFindings(findings)}`
      : `${style.good('taken over')} as ${toPlainText(written)}`;
  return [
    ...renderFindings({ path, text }, findings, style),
    `${place}: ${verdict}`,
    ...notes.map(({ line, message }) => `  ${style.faint(`${line}:`)} ${toPlainText(message)}`),
  ];
}
