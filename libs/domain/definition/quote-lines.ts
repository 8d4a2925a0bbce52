import { type Document, isCollection, visit } from 'yaml';

/**
 * Has texts of several lines quoted where they stand within `{}` or `[]`: plain, as the library writes them there, some
 * cannot be read again.
 */
export function quoteLines(document: Document): void {
  visit(document, {
    Scalar(_, scalar, above) {
      const several = typeof scalar.value === 'string' && scalar.value.includes('\n');
      const plain = scalar.type === undefined || scalar.type === 'PLAIN';
      if (several && plain && above.some((node) => isCollection(node) && node.flow === true)) {
        scalar.type = 'QUOTE_DOUBLE';
      }
    },
  });
}
