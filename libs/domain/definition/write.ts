import { Document, isScalar, type Scalar, visit } from 'yaml';
import type { JsonObject } from '../json.js';
import { quoteLines } from './quote-lines.js';

/** Maps and lists of up to this many characters stand on one line. */
const ONE_LINE = 90;

/**
 * A definition as YAML that people read: short maps and lists on one line, texts of several lines as blocks.
 *
 * @param comments lines above the whole, without `#`
 */
export function writeDefinition(definition: JsonObject, comments: readonly string[] = []): string {
  const document = new Document(definition, { version: '1.2', aliasDuplicateObjects: false });
  visit(document, {
    Map(_, node, path) {
      if (path.length <= 3 || KEPT_OPEN.has(keyAbove(path))) return;
      node.flow = fitsOneLine(node.toJSON());
    },
    Seq(_, node) {
      node.flow = fitsOneLine(node.toJSON());
    },
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return;
      if (node.value.includes('\n')) node.type = 'BLOCK_LITERAL';
    },
  });
  quoteLines(document);
  if (comments.length > 0)
    document.commentBefore = comments.map((line) => ` ${line.replace(/[\r\n]+/g, ' ')}`).join('\n');
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function fitsOneLine(value: unknown): boolean {
  const text = JSON.stringify(value);
  return text.length <= ONE_LINE && !text.includes('\\n');
}

const KEPT_OPEN = new Set(['stages', 'steps', 'branches']);

function keyAbove(path: readonly unknown[]): string {
  const pair = path.at(-1) as { readonly key?: unknown } | undefined;
  const key = pair?.key as Scalar | undefined;
  return isScalar(key) ? String(key.value) : '';
}
