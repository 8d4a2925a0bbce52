import { findExpressionEnd } from '../expressions/dialects/cel/source.js';
import type { FindingCode } from '../validation/codes.js';

const OPEN = '$[[';
const CLOSE = ']]';
const EXPRESSION_OPEN = '${{';

/** A text in parts: what the template says, and where values go. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly offset: number };

export interface PlaceholderProblem {
  readonly code: FindingCode;
  /** UTF-16 units from the start of the text. */
  readonly offset: number;
  readonly message: string;
  readonly hint: string;
}

export interface ReadText {
  readonly pieces: readonly Piece[];
  readonly problems: readonly PlaceholderProblem[];
}

/** What a key says: a name, perhaps with variables in it, or which entries there are. */
export type ReadKey =
  | { readonly kind: 'text'; readonly text: ReadText }
  | { readonly kind: 'if'; readonly variable: string; readonly negated: boolean }
  | { readonly kind: 'each'; readonly item: string; readonly list: string };

const NAME = '[A-Za-z_][A-Za-z0-9_]*';
const VARIABLE = new RegExp(`^${NAME}$`);
const IF = new RegExp(`^if\\s+(not\\s+)?(${NAME})$`);
const EACH = new RegExp(`^each\\s+(${NAME})\\s+in\\s+(${NAME})$`);

/**
 * Finds `$[[ name ]]` in a text; `$$[[` stands for `$[[` itself. What stands inside `${{ }}` is an expression of the
 * definition, in which no variable may stand: its value would become a part of a program.
 */
export function readText(text: string): ReadText {
  if (!text.includes(OPEN)) return { pieces: [{ kind: 'text', text }], problems: [] };
  const pieces: Piece[] = [];
  const problems: PlaceholderProblem[] = [];
  let literal = '';
  for (let at = 0; at < text.length; ) {
    if (text.startsWith(EXPRESSION_OPEN, at) && text[at - 1] !== '$') {
      const end = findExpressionEnd(text, at + EXPRESSION_OPEN.length) ?? text.length;
      const inside = text.slice(at, end);
      if (inside.includes(OPEN)) problems.push(inExpression(at + inside.indexOf(OPEN)));
      literal += inside;
      at = end;
    } else if (text.startsWith(`$${OPEN}`, at)) {
      literal += OPEN;
      at += OPEN.length + 1;
    } else if (text.startsWith(OPEN, at)) {
      const end = text.indexOf(CLOSE, at);
      const name = end < 0 ? '' : text.slice(at + OPEN.length, end).trim();
      if (!VARIABLE.test(name)) problems.push(describe(name, end, at));
      if (literal !== '') pieces.push({ kind: 'text', text: literal });
      literal = '';
      pieces.push({ kind: 'variable', name, offset: at });
      at = end < 0 ? text.length : end + CLOSE.length;
    } else {
      literal += text[at++];
    }
  }
  if (literal !== '') pieces.push({ kind: 'text', text: literal });
  return { pieces, problems };
}

export function readKey(key: string): ReadKey {
  const inside =
    key.startsWith(OPEN) && key.endsWith(CLOSE) ? key.slice(OPEN.length, -CLOSE.length).trim() : '';
  const [, negated, variable] = IF.exec(inside) ?? [];
  if (variable !== undefined) return { kind: 'if', variable, negated: negated !== undefined };
  const [, item, list] = EACH.exec(inside) ?? [];
  if (item !== undefined && list !== undefined) return { kind: 'each', item, list };
  return { kind: 'text', text: readText(key) };
}

/** The text in which a template says the given one literally. */
export function escapeText(text: string): string {
  return text.replaceAll(OPEN, () => `$${OPEN}`);
}

/** The name where the text is one variable and nothing else: its value then keeps its type. */
export function soleVariable(pieces: readonly Piece[]): string | undefined {
  const [only] = pieces;
  return pieces.length === 1 && only?.kind === 'variable' ? only.name : undefined;
}

function inExpression(offset: number): PlaceholderProblem {
  return {
    code: 'template-variable-in-expression',
    offset,
    message: 'A variable stands inside `${{ }}`: its value would become a part of the expression.',
    hint: 'Give the definition an input whose `default` is the variable, and read `inputs.<name>` here.',
  };
}

function describe(name: string, end: number, offset: number): PlaceholderProblem {
  if (end < 0) {
    return {
      code: 'template-placeholder-invalid',
      offset,
      message: `This \`${OPEN}\` has no \`${CLOSE}\` after it.`,
      hint: `Write \`${OPEN} name ${CLOSE}\`; for the characters themselves \`$${OPEN}\`.`,
    };
  }
  const misplaced = IF.test(name) || EACH.test(name);
  return {
    code: 'template-placeholder-invalid',
    offset,
    message: misplaced
      ? `\`${OPEN} ${name.split(/\s/, 1)[0]} … ${CLOSE}\` is a key of its own, over what it is about.`
      : `Between \`${OPEN}\` and \`${CLOSE}\` stands the name of a variable and nothing else.`,
    hint: misplaced
      ? `Write it as a key, or as the only key of an item: \`${OPEN} if notify ${CLOSE}: …\`.`
      : `Write \`${OPEN} name ${CLOSE}\`; compute in the definition, in a \`set\` step.`,
  };
}
