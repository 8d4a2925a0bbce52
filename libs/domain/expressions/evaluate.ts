import type { Json } from '../json.js';
import type { Expression, Template } from '../plan/plan.js';
import type { Evaluation, Scope } from './dialect.js';
import { DIALECTS } from './dialects/table.js';

export type { Budget, Evaluation, Scope } from './dialect.js';

/** UTF-16 units that one text with expressions in it may come to. */
const MAX_TEXT = 1024 * 1024;

/**
 * Value of an expression: the same for the same scope, wherever and whenever, within 100,000 steps and what is left
 * of the scope's budget, no larger than 1 MiB of JSON. Never throws, whatever the source.
 */
export function evaluate(expression: Expression, scope: Scope): Evaluation {
  return DIALECTS[expression.dialect].evaluate(expression.source, scope);
}

/**
 * Value of a template, or the failure of its first expression that fails. In a text, null becomes nothing, and what is
 * neither text nor null becomes its JSON.
 */
export function evaluateTemplate(template: Template, scope: Scope): Evaluation {
  switch (template.kind) {
    case 'literal':
      return { ok: true, value: template.value };
    case 'expression':
      return evaluate(template.expression, scope);
    case 'text':
      return evaluateText(template.parts, scope);
    case 'list':
      return evaluateAll(template.items, scope);
    case 'map': {
      const values = evaluateAll(
        template.entries.map(([, value]) => value),
        scope,
      );
      if (!values.ok) return values;
      // fromEntries makes `__proto__` a key like any other.
      return {
        ok: true,
        value: Object.fromEntries(template.entries.map(([key], index) => [key, values.value[index]!])),
      };
    }
  }
}

type Values = { readonly ok: true; readonly value: readonly Json[] } | Extract<Evaluation, { ok: false }>;

function evaluateAll(templates: readonly Template[], scope: Scope): Values {
  const values: Json[] = [];
  for (const template of templates) {
    const result = evaluateTemplate(template, scope);
    if (!result.ok) return result;
    values.push(result.value);
  }
  return { ok: true, value: values };
}

function evaluateText(parts: readonly (string | Expression)[], scope: Scope): Evaluation {
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') {
      text += part;
    } else {
      const result = evaluate(part, scope);
      if (!result.ok) return result;
      text += renderInText(result.value);
    }
    if (text.length > MAX_TEXT) {
      return { ok: false, code: 'expression-too-costly', message: 'The text grows to more than 1 MiB.' };
    }
  }
  return { ok: true, value: text };
}

function renderInText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
