import { renderDescription } from './api-description.js';
import { renderDeclarations } from './declarations.js';
import { renderExamples } from './examples.js';
import { renderMetrics } from './metrics-tables.js';
import { renderPlatforms } from './platform-tables.js';
import { renderProblems } from './problem-sections.js';
import { renderSettings } from './settings-table.js';

/** A document, or a part of one, that is made of the code. */
interface Generated {
  readonly path: string;
  /** The whole document, made of the one that stands. */
  render(standing: string): string | Promise<string>;
}

/** `npm run document` writes them; a test compares. */
export const GENERATED: readonly Generated[] = [
  { path: 'apps/api/description/examples.json', render: renderExamples },
  { path: 'schema/openapi.json', render: renderDescription },
  { path: 'docs/problems.md', render: renderProblems },
  { path: 'docs/plugins.md', render: renderDeclarations },
  { path: 'docs/settings.md', render: (standing) => replaceTables(standing, [renderSettings()]) },
  { path: 'docs/connectors.md', render: (standing) => replaceTables(standing, renderPlatforms()) },
  { path: 'docs/observability.md', render: (standing) => replaceTables(standing, renderMetrics()) },
];

/** Puts the tables where the first ones of the document stand. */
function replaceTables(document: string, tables: readonly string[]): string {
  const standing = /^\|.*\|\n(?:\|.*\|\n)+/gm;
  let index = 0;
  const replaced = document.replace(standing, (table) => tables[index++] ?? table);
  if (index < tables.length) throw new Error('the document has no tables to put others in their place');
  return replaced;
}
