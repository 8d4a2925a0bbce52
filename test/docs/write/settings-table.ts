import { SETTINGS, type Setting } from '#contracts/settings.js';

/** The table of docs/settings.md. */
export function renderSettings(): string {
  const rows = SETTINGS.map((setting: Setting) => [
    `\`${setting.name}\``,
    describeDefault(setting),
    describeMeaning(setting),
    setting.readBy.join(', '),
  ]);
  const lines = [['Setting', 'Default', 'Meaning', 'Read by'], ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  return [lines[0], '|---|---|---|---|', ...lines.slice(1), ''].join('\n').replaceAll('|  |', '| |');
}

function describeDefault({ default: text, type }: Setting): string {
  if (text === undefined) return '';
  return type?.kind === 'folder' ? text : `\`${text}\``;
}

function describeMeaning({ meaning, type }: Setting): string {
  const limits = type?.kind === 'whole' ? ` From ${type.min} to ${type.max}.` : '';
  return `${meaning}${limits}`.replaceAll('|', '\\|');
}
