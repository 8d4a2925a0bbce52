import type { Json, JsonObject } from '../json.js';
import { type CompiledSchema, createSchemaCompiler } from '../validation/json-schema.js';
import { suggest } from '../validation/nearest.js';

/** One thing wrong with the inputs of a run. */
export interface InputError {
  /** `inputs.regions[2]`; of a template `variables.regions[2]`. */
  readonly path: string;
  readonly message: string;
}

type CheckedInputs =
  | { readonly inputs: JsonObject; readonly errors?: undefined }
  | { readonly errors: readonly InputError[] };

/** In place of names: the schema of the input as a whole, in which anything may be named. */
export const WHOLE_INPUT = 'input:*';

const MAX_ERRORS = 100;
const CACHED_SCHEMAS = 500;

/**
 * Checks a run's inputs against a definition's schemas (JSON Schema 2020-12, formats asserted) and fills in the
 * defaults of those that were left out; so also what an approval asks of the approver, and the
 * values of a template's variables. All errors at once. `given` is not changed.
 */
export function checkInputs(
  schemas: Readonly<Record<string, JsonObject>>,
  given: JsonObject,
  of: 'workflow' | 'approval' | 'template' = 'workflow',
): CheckedInputs {
  const whole = schemas[WHOLE_INPUT];
  if (whole !== undefined) return checkWhole(whole, given);
  const noun = of === 'template' ? 'variable' : 'input';
  const root = `${noun}s`;
  const errors: InputError[] = [];
  const names = Object.keys(schemas);
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(schemas, name)) continue;
    const known = names.length === 0 ? 'There are none.' : `There are: ${names.slice(0, 20).join(', ')}.`;
    errors.push({
      path: `${root}.${name}`,
      message: `is no ${noun} of this ${of}. ${suggest(name, names, known)}`,
    });
  }
  const inputs: [string, Json][] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const value = Object.hasOwn(given, name) ? given[name] : schema['default'];
    if (value === undefined) {
      errors.push({ path: `${root}.${name}`, message: 'is required.' });
    } else {
      errors.push(...checkValue(`${root}.${name}`, schema, value));
      inputs.push([name, value]);
    }
  }
  return errors.length > 0
    ? { errors: errors.slice(0, MAX_ERRORS) }
    : { inputs: structuredClone(Object.fromEntries(inputs)) };
}

function checkWhole(schema: JsonObject, given: JsonObject): CheckedInputs {
  const errors = checkValue('inputs', schema, given);
  return errors.length > 0 ? { errors } : { inputs: structuredClone(given) };
}

function checkValue(root: string, schema: JsonObject, value: Json): InputError[] {
  const compiled = compileSchema(schema);
  if (!compiled.ok) {
    const reason = compiled.problems[0]?.message ?? 'it does not fit JSON Schema';
    return [{ path: root, message: `cannot be checked, for its schema is not valid: ${reason}` }];
  }
  return compiled
    .check(value)
    .slice(0, MAX_ERRORS)
    .map(({ path, message }) => ({
      path: root + path.map(formatKey).join(''),
      message: `${message}.`,
    }));
}

let compile = createSchemaCompiler();
const compiled = new Map<string, CompiledSchema>();

/** Compiled once per text of the schema. */
function compileSchema(schema: JsonObject): CompiledSchema {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known !== undefined) return known;
  if (compiled.size >= CACHED_SCHEMAS) {
    compiled.clear();
    compile = createSchemaCompiler();
  }
  const made = compile(JSON.parse(text) as JsonObject);
  compiled.set(text, made);
  return made;
}

function formatKey(key: string): string {
  return /^\d+$/.test(key) ? `[${key}]` : `.${key}`;
}
