import { type Document, isCollection, Scalar, visit } from 'yaml';

/** Blanks at the beginning or the end, or alone on a line, and CR: of these a block loses some. */
const FRAGILE = /^\s|\n[^\S\n]+(?:\n|$)|[^\S\n]$|\r/;

/**
 * Has texts of several lines quoted where they stand within `{}` or `[]`, or hold what a block does not keep: as the
 * library writes those plain, or as blocks, they could not be read again as they were.
 */
export function quoteLines(document: Document): void {
  visit(document, {
    Scalar(_, scalar, above) {
      if (typeof scalar.value !== 'string' || !scalar.value.includes('\n')) return;
      if (scalar.type === Scalar.QUOTE_SINGLE || scalar.type === Scalar.QUOTE_DOUBLE) return;
      const flow = above.some((node) => isCollection(node) && node.flow === true);
      if (flow || FRAGILE.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
}
