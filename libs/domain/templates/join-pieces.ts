const OPEN = '${{';

export interface TextPart {
  readonly value: string;
  /** It is a value; else the template says it, expressions included. */
  readonly given: boolean;
}

/** The text that reads as the given one, whatever stands in it. */
export function escapeValue(value: string): string {
  return value.replaceAll(OPEN, () => `$${OPEN}`);
}

/**
 * One text of the parts, in which the expressions are those of the template: neither a value, nor a value together with
 * what stands beside it, makes one or undoes one. `raw`: no expressions are read there, nothing is escaped.
 */
export function joinPieces(parts: readonly TextPart[], raw: boolean): string {
  if (raw) return parts.map(({ value }) => value).join('');
  let text = '';
  // The parts before it end here: what begins before and ends after was written by nobody.
  for (const { value, given } of parts) {
    const part = given ? escapeValue(value) : value;
    if (part === '') continue;
    text = given || !part.startsWith(OPEN) ? joinText(text, part) : joinExpression(text, part);
  }
  return text;
}

/** Where the two make `${{` together, the characters are meant. */
function joinText(before: string, after: string): string {
  for (const length of [1, 2]) {
    const end = before.slice(-length);
    if (end !== OPEN.slice(0, length) || !after.startsWith(OPEN.slice(length))) continue;
    return `${before.slice(0, -length)}$${end}${after}`;
  }
  return before + after;
}

/** A `$` before an expression would make that a text: it becomes an expression of its own. */
function joinExpression(before: string, after: string): string {
  let end = before.length;
  while (end > 0 && before[end - 1] === '$') end--;
  if (end === before.length) return before + after;
  return `${before.slice(0, end)}\${{ "${before.slice(end)}" }}${after}`;
}
