import { analyse } from '../../expressions/analyse.js';
import type { Json } from '../../json.js';
import type { Expression, Template } from '../../plan/plan.js';

/** An expression in the text of a definition, and where in that text its source begins. */
export interface Found {
  readonly expression: Expression;
  readonly offset: number;
}

export function jq(source: string): Expression {
  return { dialect: 'jq', source };
}

/** What stands between `${` and `}`, where the whole text is that. */
export function unwrap(text: string): { readonly source: string; readonly offset: number } | undefined {
  const start = /^\s*\$\{/.exec(text);
  if (start === null || !/\}\s*$/.test(text)) return undefined;
  const inner = text.slice(start[0].length, text.lastIndexOf('}'));
  return { source: inner.trim(), offset: start[0].length + (inner.length - inner.trimStart().length) };
}

/**
 * A text as a template. `${ … }` alone keeps the type of its value. Inside other text it stands for its value as text, where
 * it begins with `.` or `$`, as no shell variable does, and is valid; anything else is the characters themselves.
 */
export function readText(text: string, note: (found: Found) => void): Template {
  const parts = splitText(text);
  if (parts.length === 1 && typeof parts[0] === 'object') return whole(parts[0], note);
  if (parts.some((part) => typeof part === 'object')) {
    const alone = unwrap(text);
    if (alone !== undefined && isValid(alone.source)) return whole(alone, note);
    return {
      kind: 'text',
      parts: parts.map((part) => {
        if (typeof part === 'string') return part;
        const expression = jq(part.source);
        note({ expression, offset: part.offset });
        return expression;
      }),
    };
  }
  const alone = unwrap(text);
  return alone === undefined ? { kind: 'literal', value: text } : whole(alone, note);
}

function whole({ source, offset }: Source, note: (found: Found) => void): Template {
  const expression = jq(source);
  note({ expression, offset });
  return { kind: 'expression', expression };
}

interface Source {
  readonly source: string;
  readonly offset: number;
}

/** Longest expression inside other text. */
const MAX_INSIDE = 4096;

function splitText(text: string): readonly (string | Source)[] {
  const parts: (string | Source)[] = [];
  let at = 0;
  let open = text.indexOf('${');
  // Each `}` is tried as the end; a text full of braces must not cost their square.
  let tries = 200;
  while (open !== -1) {
    let close = text.indexOf('}', open);
    let found: Source | undefined;
    while (close !== -1 && close - open < MAX_INSIDE && tries-- > 0) {
      const inner = text.slice(open + 2, close);
      const source = inner.trim();
      if (!/^[.$]/.test(source)) break;
      if (isValid(source)) {
        found = { source, offset: open + 2 + (inner.length - inner.trimStart().length) };
        break;
      }
      close = text.indexOf('}', close + 1);
    }
    if (found !== undefined) {
      if (open > at) parts.push(text.slice(at, open));
      parts.push(found);
      at = close + 1;
    }
    open = text.indexOf('${', found === undefined ? open + 2 : at);
  }
  const rest = text.slice(at);
  if (parts.length === 1 && rest.trim() === '') return parts;
  if (parts.length === 2 && typeof parts[0] === 'string' && parts[0].trim() === '' && rest.trim() === '')
    return [parts[1]!];
  return rest === '' && parts.length > 0 ? parts : [...parts, rest];
}

function isValid(source: string): boolean {
  return analyse(jq(source)).ok;
}

/** jq that yields the value of a template. */
export function toJq(template: Template): string {
  switch (template.kind) {
    case 'literal':
      return jsonSource(template.value);
    case 'expression':
      return `(${template.expression.source}\n)`;
    case 'text':
      return `(${template.parts
        .map((part) =>
          typeof part === 'string'
            ? jsonSource(part)
            : `((${part.source}\n) | if type == "string" then . elif . == null then "" else tojson end)`,
        )
        .join(' + ')})`;
    case 'list':
      return `[${template.items.map(toJq).join(', ')}]`;
    case 'map':
      return `{${template.entries.map(([key, value]) => `${jsonSource(key)}: ${toJq(value)}`).join(', ')}}`;
  }
}

/** JSON is jq, but for a backslash before a parenthesis, which JSON never writes. */
function jsonSource(value: Json): string {
  return JSON.stringify(value);
}
