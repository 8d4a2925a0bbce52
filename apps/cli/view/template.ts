import type { TemplateView } from '#contracts/rest/templates.js';
import { toPlainText, toSafeJson } from './plain-text.js';
import type { Style } from './style.js';
import { renderTable } from './table.js';

/** What a template makes, and a table of its variables. */
export function renderTemplate(view: TemplateView, style: Style): string[] {
  const { name, description, tags, variables, builtIn, createdBy } = view;
  const by = builtIn ? 'built in' : createdBy === undefined ? '' : `by ${createdBy}`;
  const rows = Object.entries(variables).map(([variable, schema]) => {
    const { type, default: fallback, description: meaning } = schema;
    const shown = fallback === undefined ? 'required' : toSafeJson(fallback);
    return [variable, String(type), shown, typeof meaning === 'string' ? meaning : ''].map(toPlainText);
  });
  return [
    [style.strong(toPlainText(name)), by, tags.map((tag) => `#${tag}`).join(' ')]
      .filter((part) => part !== '')
      .map((part, index) => (index === 0 ? part : toPlainText(part)))
      .join('  '),
    ...(description === undefined ? [] : [toPlainText(description)]),
    '',
    ...(rows.length === 0
      ? ['It has no variables.']
      : renderTable(['VARIABLE', 'TYPE', 'DEFAULT', 'MEANING'], rows, style)),
  ];
}
