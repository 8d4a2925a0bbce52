import { parseTemplate } from '../../expressions/template.js';
import type { Json } from '../../json.js';
import type { Template } from '../../plan/plan.js';
import { type Names, toJq } from './to-jq.js';

/** A bare expression, as the standard marks it. */
export function writeCondition(source: string, names: Names): string {
  return `\${ ${toJq(source, names)} }`;
}

/** A value in which expressions stand. Throws Untranslatable. */
export function writeValue(value: Json, names: Names): Json {
  return writeTemplate(parseTemplate(value).template, names);
}

function writeTemplate(template: Template, names: Names): Json {
  switch (template.kind) {
    case 'literal':
      return writeLiteral(template.value);
    case 'expression':
      return `\${ ${toJq(template.expression.source, names)} }`;
    case 'text':
      return `\${ ${template.parts
        .map((part) =>
          typeof part === 'string' ? JSON.stringify(part) : `(${toJq(part.source, names)} | tostring)`,
        )
        .join(' + ')} }`;
    case 'list':
      return template.items.map((item) => writeTemplate(item, names));
    case 'map':
      return Object.fromEntries(template.entries.map(([key, each]) => [key, writeTemplate(each, names)]));
  }
}

/** A text that reads like an expression is one that yields it. */
function writeLiteral(value: Json): Json {
  if (typeof value === 'string') return value.includes('${') ? `\${ ${JSON.stringify(value)} }` : value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(writeLiteral);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, writeLiteral(each)]));
}
