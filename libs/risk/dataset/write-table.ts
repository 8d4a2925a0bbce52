import type { LabelledChange } from './labelled-change.js';
import { RAW_COLUMNS } from './read-project.js';

/** A table in the raw layout, as `readProject` reads it: a header, then a line for each change. */
export function writeTable(changes: readonly LabelledChange[]): string {
  const lines = changes.map(({ label, factors }) => {
    const cells: Readonly<Record<string, string | number>> = {
      ...factors,
      _id: factors.commit,
      date: factors.at,
      bug: label,
      entrophy: factors.entropy,
      more: '',
    };
    return RAW_COLUMNS.map((name) => cells[name]).join(',');
  });
  return `${[RAW_COLUMNS.join(','), ...lines].join('\n')}\n`;
}
