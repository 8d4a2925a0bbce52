import {
  entriesOf,
  isList,
  isMap,
  isScalar,
  itemsOf,
  type Spot,
  type TreeMap,
  toJson,
} from '../../definition/tree.js';
import type { Json, JsonObject } from '../../json.js';
import type { Conversion } from './conversion.js';
import { flagOf, Keys, textOf } from './keys.js';
import type { Names, Variable } from './names.js';

interface VariableContext {
  readonly conversion: Conversion;
  readonly names: Names;
}

/** Inputs of the definition, by name, as far as the document declares them. */
export type Inputs = Record<string, JsonObject>;

/** A map of names and values, of names and descriptions, or a list of those. */
export function readVariables(spot: Spot, context: VariableContext): Inputs {
  const inputs: Inputs = {};
  for (const [name, value] of variablesIn(spot, context)) {
    const described =
      isMap(value) && describesVariable(value) ? readDescription(value, context.conversion) : { value };
    addVariable(name, described, inputs, { ...context, spot: value });
  }
  return inputs;
}

function variablesIn(spot: Spot, { conversion }: VariableContext): readonly (readonly [string, Spot])[] {
  if (isMap(spot)) return entriesOf(spot);
  const items = isList(spot) ? itemsOf(spot) : [];
  return items.flatMap((item) => {
    if (isMap(item)) {
      const name = entriesOf(item).find(([key]) => /^(name|key|id)$/i.test(key))?.[1];
      if (name !== undefined) return [[textOf(name) ?? '', item] as const];
      if (item.node.entries.size === 1) return entriesOf(item);
    }
    const text = textOf(item);
    if (text === undefined) {
      conversion.refuse(
        'steps-value-unknown',
        item,
        'This is no variable.',
        'Write `{ name: branch, value: main }`.',
      );
      return [];
    }
    const at = text.indexOf('=');
    return [
      at < 0
        ? ([text, NOTHING(item)] as const)
        : ([
            text.slice(0, at),
            {
              ...item,
              node: { kind: 'scalar', value: text.slice(at + 1), position: item.node.position },
            } as Spot,
          ] as const),
    ];
  });
}

const NOTHING = (item: Spot): Spot => ({
  ...item,
  node: { kind: 'scalar', value: null, position: item.node.position },
});

const DESCRIPTION =
  /^(name|key|id|type|default|defaultvalue|default_value|value|required|description|enum|options|allowed|values|pattern|min|max|minimum|maximum|min_?length|max_?length|min_?items|max_?items|unique_?items|secret|sensitive|label|example|items|format|title)$/i;

function describesVariable(map: Spot<TreeMap>): boolean {
  const keys = [...map.node.entries.keys()];
  return (
    keys.every((key) => DESCRIPTION.test(key)) &&
    keys.some((key) => /^(type|default|defaultvalue|default_value|value|required)$/i.test(key))
  );
}

interface Described {
  readonly value: Spot | undefined;
  readonly schema?: JsonObject;
  readonly secret?: boolean;
}

/** Limits that JSON Schema has under the same names. */
const SIZES = ['minLength', 'maxLength', 'minItems', 'maxItems', 'uniqueItems'];

const TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  text: 'string',
  str: 'string',
  number: 'number',
  float: 'number',
  double: 'number',
  int: 'integer',
  integer: 'integer',
  boolean: 'boolean',
  bool: 'boolean',
  array: 'array',
  list: 'array',
  object: 'object',
  map: 'object',
  json: '',
  any: '',
  choice: 'string',
  enum: 'string',
  select: 'string',
};

function readDescription(map: Spot<TreeMap>, conversion: Conversion): Described {
  const keys = new Keys(map, conversion);
  keys.takeAll('name', 'key', 'id', 'label', 'title', 'example');
  const type = keys.take('type');
  const word = (textOf(type) ?? '').toLowerCase();
  const value = keys.take('value', 'default', 'defaultvalue');
  keys.take('required');
  const choices = keys.take('enum', 'options', 'allowed', 'values');
  const pattern = keys.take('pattern');
  const [minimum, maximum] = [keys.take('min', 'minimum'), keys.take('max', 'maximum')];
  const secret =
    flagOf(keys.take('secret', 'sensitive')) === true || /^(secret|password|credential)$/.test(word);
  const description = textOf(keys.take('description'));
  const items = keys.take('items');
  const sizes = SIZES.flatMap((key) => {
    const spot = keys.take(key.toLowerCase());
    return spot === undefined ? [] : [[key, toJson(spot.node)] as const];
  });
  const format = textOf(keys.take('format'));
  keys.finish('a variable');
  if (type !== undefined && !Object.hasOwn(TYPES, word) && !secret)
    conversion.refuse(
      'steps-value-unknown',
      type,
      `The type ${JSON.stringify(word.slice(0, 40))} of a variable is not known.`,
      'Write string, number, integer, boolean, array or object.',
    );
  const bounds = [
    ['minimum', minimum],
    ['maximum', maximum],
  ] as const;
  const jsonType = Object.hasOwn(TYPES, word) ? TYPES[word]! : '';
  return {
    value,
    secret,
    schema: {
      ...(jsonType === '' ? {} : { type: jsonType }),
      ...(choices !== undefined && isList(choices) ? { enum: toJson(choices.node) } : {}),
      ...(pattern === undefined ? {} : { pattern: textOf(pattern)! }),
      ...(jsonType === 'number' || jsonType === 'integer'
        ? Object.fromEntries(
            bounds.flatMap(([key, spot]) => (spot === undefined ? [] : [[key, toJson(spot.node)]])),
          )
        : {}),
      ...(items === undefined || !isMap(items) ? {} : { items: toJson(items.node) }),
      ...Object.fromEntries(sizes),
      ...(format === undefined ? {} : { format }),
      ...(description === undefined ? {} : { description }),
    },
  };
}

const TEMPLATE = /\$\{|\{\{|<%=/;

function addVariable(
  name: string,
  { value, schema, secret }: Described,
  inputs: Inputs,
  { conversion, names, spot }: VariableContext & { readonly spot: Spot },
): void {
  if (secret === true) {
    names.addSecret(name);
    conversion.note(
      'decided',
      spot,
      `The variable \`${name}\` is secret: the worker reads it from SLUICE_SECRET_${name.toUpperCase()}.`,
    );
    return;
  }
  const text =
    value !== undefined && isScalar(value) && typeof value.node.value === 'string'
      ? value.node.value
      : undefined;
  if (text !== undefined && TEMPLATE.test(text)) {
    names.addVariable({ name, spot, type: 'text', text });
    return;
  }
  const input = names.claimInput(name, spot);
  const given = value === undefined ? undefined : toJson(value.node);
  const type = typeOf(given, schema);
  names.addVariable({ name, spot, input, type });
  inputs[input] = {
    ...(schema ?? schemaOf(given)),
    ...(given === undefined || given === null ? {} : { default: given }),
  };
}

function typeOf(value: Json | undefined, schema: JsonObject | undefined): Variable['type'] {
  const named = schema?.['type'];
  if (named === 'boolean') return 'boolean';
  if (named === 'number' || named === 'integer') return 'number';
  if (named === 'string') return 'text';
  return typeof value === 'boolean'
    ? 'boolean'
    : typeof value === 'number'
      ? 'number'
      : typeof value === 'string'
        ? 'text'
        : 'unknown';
}

/** As wide as a start may sensibly override the value. */
function schemaOf(value: Json | undefined): JsonObject {
  if (typeof value === 'string') return { type: 'string' };
  if (typeof value === 'boolean') return { type: 'boolean' };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'integer' : 'number' };
  if (Array.isArray(value)) return { type: 'array' };
  return typeof value === 'object' && value !== null ? { type: 'object' } : {};
}
