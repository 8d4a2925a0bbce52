import { renderDescription } from './api-description.js';
import { renderSettings } from './settings-table.js';

/** A document, or a part of one, that is made of the code. */
export interface Generated {
  readonly path: string;
  /** The whole document, made of the one that stands. */
  render(standing: string): string | Promise<string>;
}

/** `npm run document` writes them; a test compares. */
export const GENERATED: readonly Generated[] = [
  { path: 'schema/openapi.json', render: renderDescription },
  { path: 'docs/settings.md', render: (standing) => replaceTable(standing, renderSettings()) },
];

/** Puts the table where the first one of the document stands. */
function replaceTable(document: string, table: string): string {
  const [standing] = /^\|.*\|\n(?:\|.*\|\n)+/m.exec(document) ?? [];
  if (standing === undefined) throw new Error('the document has no table to put another in its place');
  return document.replace(standing, () => table);
}
