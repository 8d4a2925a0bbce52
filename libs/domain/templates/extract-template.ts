import { Document, isScalar, isSeq, parseDocument, Scalar, visit, YAMLMap } from 'yaml';
import type { InputError } from '../definition/check-inputs.js';
import { isId } from '../definition/names.js';
import { parse } from '../definition/parse.js';
import type { Json, JsonObject } from '../json.js';
import { suggest } from '../validation/nearest.js';
import { escapeText } from './placeholder.js';
import { type Literal, listLiterals } from './propose-variables.js';

/** Which values of a definition become variables. */
export interface Choice {
  /** Of the variable. */
  readonly name: string;
  /** Where the value stands, as findings write it; everywhere the same value. */
  readonly paths: readonly string[];
}

export interface ExtractionOrder {
  readonly name: string;
  readonly description?: string;
  readonly choices: readonly Choice[];
}

export type Extracted =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly errors: readonly InputError[] };

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/**
 * The template that a valid definition becomes when some of its values are left open; those values become the defaults,
 * so that without other values it makes what it was made of. Comments are kept.
 */
export function extractTemplate(definition: string, order: ExtractionOrder): Extracted {
  const { tree } = parse(definition);
  const literals = new Map((tree === undefined ? [] : listLiterals(tree)).map((each) => [each.path, each]));
  const errors = checkOrder(order, literals);
  if (errors.length > 0) return { ok: false, errors };
  const document = parseDocument(definition, { merge: false, resolveKnownTags: false, logLevel: 'silent' });
  // First what is there, then what is put there: a variable is no text to be escaped.
  visit(document, {
    Scalar: (_, scalar) => {
      if (typeof scalar.value === 'string') scalar.value = escapeText(scalar.value);
    },
  });
  const variables: [string, JsonObject][] = [];
  for (const { name, paths } of order.choices) {
    const { value } = literals.get(paths[0]!)!;
    variables.push([name, { ...describe(value), default: value }]);
    for (const path of paths) {
      const { keys } = literals.get(path)!;
      const node = document.getIn(keys, true);
      if (!isScalar(node) && !isSeq(node)) {
        return {
          ok: false,
          errors: [{ path, message: 'stands behind an alias; write the value out first.' }],
        };
      }
      const placed = new Scalar(`$[[ ${name} ]]`);
      if (node.comment) placed.comment = node.comment;
      placed.type = Scalar.QUOTE_DOUBLE;
      document.setIn(keys, placed);
    }
  }
  return { ok: true, text: write(document, order, Object.fromEntries(variables)) };
}

function write(
  definition: Document.Parsed,
  { name, description }: ExtractionOrder,
  variables: Readonly<Record<string, JsonObject>>,
): string {
  const template = new Document({
    template: 1,
    name,
    ...(description === undefined ? {} : { description }),
    variables,
  });
  const body = definition.contents as unknown as YAMLMap;
  // What stands above the definition goes with it.
  if (definition.commentBefore) template.commentBefore = definition.commentBefore;
  (template.contents as unknown as YAMLMap).set('definition', body);
  for (const key of ['variables', 'definition']) {
    const pair = (template.contents as unknown as YAMLMap).items.find((each) => String(each.key) === key);
    if (isScalar(pair?.key)) pair.key.spaceBefore = true;
  }
  return template.toString({ lineWidth: 0 });
}

function checkOrder(
  { name, choices }: ExtractionOrder,
  literals: ReadonlyMap<string, Literal>,
): InputError[] {
  const errors: InputError[] = [];
  if (!isId(name)) {
    errors.push({ path: 'name', message: 'must be lower-case letters, digits and dashes, a letter first.' });
  }
  const names = new Set<string>();
  const used = new Set<string>();
  for (const choice of choices) {
    if (!NAME.test(choice.name)) errors.push({ path: choice.name, message: 'is no name of a variable.' });
    if (names.has(choice.name)) errors.push({ path: choice.name, message: 'names two variables.' });
    names.add(choice.name);
    const values = choice.paths.map((path) => literals.get(path)?.value);
    if (choice.paths.length === 0) errors.push({ path: choice.name, message: 'stands nowhere.' });
    for (const [index, path] of choice.paths.entries()) {
      if (values[index] === undefined) errors.push({ path, message: describeAbsence(path, literals) });
      else if (used.has(path)) errors.push({ path, message: 'is chosen twice.' });
      else if (JSON.stringify(values[index]) !== JSON.stringify(values[0])) {
        errors.push({ path, message: `is not the same value as ${choice.paths[0]}.` });
      }
      used.add(path);
    }
  }
  return errors;
}

function describeAbsence(path: string, literals: ReadonlyMap<string, Literal>): string {
  return `is no value that is written out in the definition. ${suggest(path, literals.keys(), '')}`.trimEnd();
}

function describe(value: Json): JsonObject {
  if (Array.isArray(value)) return { type: 'array' };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' };
  return { type: typeof value };
}
