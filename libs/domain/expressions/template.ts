import type { Json } from '../json.js';
import type { Expression, Template } from '../plan/plan.js';
import { findExpressionEnd } from './dialects/cel/source.js';

/** Keys and indexes from the value down to one text. */
type TemplatePath = readonly (string | number)[];

interface TemplateProblem {
  readonly path: TemplatePath;
  readonly message: string;
  /** UTF-16 units from the start of the text at `path`. */
  readonly offset: number;
}

interface TemplateExpression {
  readonly path: TemplatePath;
  readonly expression: Expression;
  /** Where its source starts, in UTF-16 units from the start of the text at `path`. */
  readonly offset: number;
}

interface ParsedTemplate {
  readonly template: Template;
  readonly problems: readonly TemplateProblem[];
  /** Every expression in the value; whether each is valid is for `analyse` to say. */
  readonly expressions: readonly TemplateExpression[];
}

const OPEN = '${{';
const CLOSE = '}}';
const ESCAPED_OPEN = '$${{';

/**
 * Finds the expressions in a JSON value. In its texts, `${{ expression }}` stands for the expression's value, in CEL; a
 * text that is one expression and nothing else keeps the type of that value. `$${{` stands for `${{` itself. What
 * holds no expression becomes one literal. Keys are taken as they are: `${{` in a key is a problem.
 */
export function parseTemplate(value: Json): ParsedTemplate {
  const reader = new TemplateReader();
  return { template: reader.read(value, []), problems: reader.problems, expressions: reader.expressions };
}

class TemplateReader {
  readonly problems: TemplateProblem[] = [];
  readonly expressions: TemplateExpression[] = [];

  read(value: Json, path: TemplatePath): Template {
    if (typeof value === 'string') return this.readText(value, path);
    if (typeof value !== 'object' || value === null) return { kind: 'literal', value };
    if (Array.isArray(value)) return this.readList(value as readonly Json[], path);
    return this.readMap(Object.entries(value), path);
  }

  private readList(list: readonly Json[], path: TemplatePath): Template {
    const items = list.map((item, index) => this.read(item, [...path, index]));
    const literals = literalsOf(items);
    return literals === undefined ? { kind: 'list', items } : { kind: 'literal', value: literals };
  }

  private readMap(members: readonly (readonly [string, Json])[], path: TemplatePath): Template {
    const entries = members.map(([key, member]) => {
      if (key.includes(OPEN)) {
        const message = 'A key holds no expressions: write it out.';
        this.problems.push({ path: [...path, key], message, offset: key.indexOf(OPEN) });
      }
      return [key, this.read(member, [...path, key])] as const;
    });
    const literals = literalsOf(entries.map(([, template]) => template));
    if (literals === undefined) return { kind: 'map', entries };
    // fromEntries makes `__proto__` a key like any other.
    return {
      kind: 'literal',
      value: Object.fromEntries(entries.map(([key], index) => [key, literals[index]!])),
    };
  }

  private readText(text: string, path: TemplatePath): Template {
    const parts: (string | Expression)[] = [];
    let literal = '';
    let at = 0;
    for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, at)) {
      if (open > at && text[open - 1] === '$') {
        literal += text.slice(at, open - 1) + OPEN;
        at = open + OPEN.length;
        continue;
      }
      literal += text.slice(at, open);
      const start = open + OPEN.length;
      const end = findExpressionEnd(text, start);
      if (end === undefined) {
        const message = `This \`${OPEN}\` has no \`${CLOSE}\` after it; for the characters themselves write \`${ESCAPED_OPEN}\`.`;
        this.problems.push({ path, message, offset: open });
        return { kind: 'literal', value: text };
      }
      if (literal !== '') parts.push(literal);
      literal = '';
      parts.push(this.addExpression(text.slice(start, end), path, start));
      at = end + CLOSE.length;
    }
    literal += text.slice(at);
    if (parts.length === 0) return { kind: 'literal', value: literal };
    if (literal !== '') parts.push(literal);
    const [only] = parts;
    return parts.length === 1 && typeof only === 'object'
      ? { kind: 'expression', expression: only }
      : { kind: 'text', parts };
  }

  private addExpression(written: string, path: TemplatePath, start: number): Expression {
    const source = written.trim();
    const expression: Expression = { dialect: 'cel', source };
    const offset = start + (written.length - written.trimStart().length);
    this.expressions.push({ path, expression, offset: source === '' ? start : offset });
    return expression;
  }
}

/** The values, when all templates are literals. */
function literalsOf(templates: readonly Template[]): Json[] | undefined {
  const values: Json[] = [];
  for (const template of templates) {
    if (template.kind !== 'literal') return undefined;
    values.push(template.value);
  }
  return values;
}
