import { describeLanguage } from '#domain/definition/schema/describe-language.js';
import { ACTIONS } from './catalogue.js';

/** The published JSON Schema of definitions, as text: the same by command line, by API and in schema/. */
export function renderDefinitionSchema(): string {
  return `${JSON.stringify(describeLanguage(ACTIONS.values()), null, 2)}\n`;
}
