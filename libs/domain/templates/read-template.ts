import { checkIdentifier, checkReferredName } from '../definition/names.js';
import { parseInto } from '../definition/parse.js';
import {
  entriesOf,
  entryOf,
  isMap,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
  toJson,
} from '../definition/tree.js';
import { checkKeys, readList, readMap, readString, requireEntry } from '../definition/values.js';
import type { JsonObject } from '../json.js';
import type { Finding } from '../validation/finding.js';
import { atKey, atValue, FindingReport } from '../validation/report.js';
import { checkInputSchemas } from '../validation/schemas.js';
import { checkDefinition } from './check-definition.js';
import { type Template, typeOf, VARIABLE_TYPES } from './template.js';

export const TEMPLATE_KEYS = ['template', 'name', 'description', 'tags', 'variables', 'definition'] as const;

/** Bytes of UTF-8: making a definition of it takes several times as long as reading one. */
const MAX_TEXT_BYTES = 256 * 1024;
const MAX_VARIABLES = 100;
const MAX_TAGS = 20;
const MAX_DESCRIPTION = 2_000;
const TAG = /^[a-z][a-z0-9-]{0,49}$/;
const EXAMPLE = 'Begin with `template: 1`, `name: my-template`, `variables:` and `definition:`.';

export interface TemplateReading {
  /** Present where nothing is wrong. */
  readonly template?: Template;
  readonly findings: readonly Finding[];
}

/** What a template's text means, or everything that is wrong with it. Never throws, whatever the text. */
export function readTemplate(text: string): TemplateReading {
  const report = new FindingReport();
  if (text.length > MAX_TEXT_BYTES || new TextEncoder().encode(text).length > MAX_TEXT_BYTES) {
    const start = { path: undefined, position: { line: 1, column: 1 } };
    const hint = 'Split it, or move large values into inputs, files or a repository.';
    report.add('template-too-large', start, 'The template is larger than 256 KiB.', hint);
    return { findings: report.list() };
  }
  const tree = parseInto(text, report);
  const template = tree && read({ node: tree.root, path: undefined }, report);
  const findings = report.list();
  return template === undefined || findings.length > 0
    ? { findings }
    : { template: { ...template, source: text }, findings };
}

function read(root: Spot, report: FindingReport): Omit<Template, 'source'> | undefined {
  if (!isMap(root)) {
    report.add('template-not-a-map', atValue(root), 'A template is a map, and this is none.', EXAMPLE);
    return undefined;
  }
  checkKeys(root, TEMPLATE_KEYS, report, 'a template');
  checkVersion(root, report);
  const name = requireEntry(root, 'name', report, 'Add a name: `name: verify-repository`.');
  if (name !== undefined) checkReferredName(name, report, 'a template');
  const described = entryOf(root, 'description');
  const description = described && readString(described, report, 'Write a sentence or more.');
  if (description !== undefined && description.length > MAX_DESCRIPTION) {
    const message = `A description has at most ${MAX_DESCRIPTION} characters.`;
    report.add('value-out-of-range', atValue(described!), message, 'Shorten it.');
  }
  const variables = readVariables(root, report);
  const definition = requireEntry(
    root,
    'definition',
    report,
    'Add the definition: `definition: { sluice: 1, … }`.',
  );
  const body =
    definition && readMap(definition, report, 'Write a definition: `sluice: 1`, `name:`, `stages:`.');
  if (body !== undefined)
    checkDefinition({ ...body, keyPosition: definition!.keyPosition! }, variables, report);
  return {
    name: name !== undefined && isScalar(name) ? String(name.node.value) : '',
    ...(description === undefined ? {} : { description }),
    tags: readTags(root, report),
    variables,
  };
}

function checkVersion(root: Spot<TreeMap>, report: FindingReport): void {
  const version = requireEntry(root, 'template', report, 'Begin with `template: 1`.');
  if (version === undefined || (isScalar(version) && version.node.value === 1)) return;
  report.add(
    'template-version-unsupported',
    atValue(version),
    'Templates have version 1 only.',
    'Write `template: 1`.',
  );
}

function readTags(root: Spot<TreeMap>, report: FindingReport): string[] {
  const spot = entryOf(root, 'tags');
  const list = spot && readList(spot, report, 'Write a list: `tags: [release]`.');
  if (list === undefined) return [];
  const tags: string[] = [];
  for (const item of itemsOf(list)) {
    const tag = readString(item, report, 'Write a word: `release`.');
    if (tag === undefined) continue;
    if (TAG.test(tag)) tags.push(tag);
    else {
      const message =
        'A tag has lower-case letters, digits and dashes, a letter first, at most 50 characters.';
      report.add('value-not-allowed', atValue(item), message, 'Write for example `release`.');
    }
  }
  if (tags.length > MAX_TAGS) {
    const message = `There are ${tags.length} tags.`;
    report.add('value-out-of-range', atValue(list), message, `Keep at most ${MAX_TAGS}.`);
  }
  return [...new Set(tags)];
}

function readVariables(root: Spot<TreeMap>, report: FindingReport): Readonly<Record<string, JsonObject>> {
  const spot = entryOf(root, 'variables');
  const example = 'Write a map: `variables: { service: { type: string } }`.';
  const map = spot && readMap(spot, report, example);
  if (map === undefined) return {};
  const schemas = new Map<string, Spot<TreeMap>>();
  for (const [name, entry] of entriesOf(map)) {
    checkIdentifier(name, entry, report, 'a variable');
    const schema = readMap(entry, report, 'Write a JSON Schema: `{ type: string }`.');
    if (schema === undefined) continue;
    schemas.set(name, schema);
    if (typeOf(toJson(schema.node) as JsonObject) === 'any') {
      const hint = `Write one of ${VARIABLE_TYPES.map((type) => `\`type: ${type}\``).join(', ')}.`;
      report.add('template-variable-type', atKey(entry), 'A variable has one type.', hint);
    }
  }
  if (schemas.size > MAX_VARIABLES) {
    const message = `There are ${schemas.size} variables.`;
    report.add('value-out-of-range', atKey(map), message, `Keep at most ${MAX_VARIABLES}.`);
  }
  checkInputSchemas(schemas, report);
  return Object.fromEntries([...schemas].map(([name, { node }]) => [name, toJson(node) as JsonObject]));
}
