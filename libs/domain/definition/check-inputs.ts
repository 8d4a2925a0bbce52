import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { RE2JS } from 're2js';
import type { Json, JsonObject } from '../json.js';
import { suggest } from '../validation/nearest.js';

/** One thing wrong with the inputs of a run. */
interface InputError {
  /** `inputs.regions[2]`. */
  readonly path: string;
  readonly message: string;
}

type CheckedInputs =
  | { readonly inputs: JsonObject; readonly errors?: undefined }
  | { readonly errors: readonly InputError[] };

const MAX_ERRORS = 100;
const CACHED_SCHEMAS = 500;

/**
 * Checks a run's inputs against a definition's schemas (JSON Schema 2020-12, formats asserted) and fills in the
 * defaults of those that were left out; so also what an approval asks of the approver. All errors at once. `given` is not changed.
 */
export function checkInputs(
  schemas: Readonly<Record<string, JsonObject>>,
  given: JsonObject,
  of: 'workflow' | 'approval' = 'workflow',
): CheckedInputs {
  const errors: InputError[] = [];
  const names = Object.keys(schemas);
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(schemas, name)) continue;
    const known = names.length === 0 ? 'There are none.' : `There are: ${names.slice(0, 20).join(', ')}.`;
    errors.push({
      path: pathOf(name),
      message: `is no input of this ${of}. ${suggest(name, names, known)}`,
    });
  }
  const inputs: [string, Json][] = [];
  for (const [name, schema] of Object.entries(schemas)) {
    const value = Object.hasOwn(given, name) ? given[name] : schema['default'];
    if (value === undefined) {
      errors.push({ path: pathOf(name), message: 'is required.' });
    } else {
      errors.push(...checkValue(name, schema, value));
      inputs.push([name, value]);
    }
  }
  return errors.length > 0
    ? { errors: errors.slice(0, MAX_ERRORS) }
    : { inputs: structuredClone(Object.fromEntries(inputs)) };
}

function checkValue(name: string, schema: JsonObject, value: Json): InputError[] {
  let validate: ValidateFunction;
  try {
    validate = compileSchema(schema);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ path: pathOf(name), message: `cannot be checked, for its schema is not valid: ${reason}` }];
  }
  if (validate(value)) return [];
  return (validate.errors ?? []).slice(0, MAX_ERRORS).map((error) => ({
    path: pathOf(name) + instancePathOf(error),
    message: messageOf(error),
  }));
}

const ajv = createAjv();
const compiled = new Map<string, ValidateFunction>();

/** Compiled once per text of the schema; the oldest are forgotten. */
function compileSchema(schema: JsonObject): ValidateFunction {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const parsed = JSON.parse(text) as object;
  try {
    const validate = ajv.compile(parsed);
    if (compiled.size >= CACHED_SCHEMAS) compiled.delete(compiled.keys().next().value!);
    compiled.set(text, validate);
    return validate;
  } finally {
    // Two definitions may use the same `$id`.
    ajv.removeSchema(parsed);
  }
}

function createAjv(): Ajv2020 {
  // Patterns come from users: matched in linear time.
  const linearTime = Object.assign(
    (pattern: string) => {
      const expression = RE2JS.compile(pattern);
      // ajv tells expressions apart by their text.
      return { test: (text: string) => expression.matcher(text).find(), toString: () => pattern };
    },
    { code: 'linearTime' },
  );
  const made = new Ajv2020({
    allErrors: true,
    strict: false,
    ownProperties: true,
    code: { regExp: linearTime },
  });
  (ajvFormats as unknown as (target: Ajv2020) => void)(made);
  return made;
}

function pathOf(name: string): string {
  return `inputs.${name}`;
}

/** JSON Pointer (RFC 6901) to the path that a person would write. */
function instancePathOf(error: ErrorObject): string {
  const keys = error.instancePath.split('/').slice(1);
  return keys
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join('');
}

function messageOf(error: ErrorObject): string {
  const { keyword, params } = error;
  if (keyword === 'enum') return `must be one of ${JSON.stringify(params['allowedValues'])}.`;
  if (keyword === 'const') return `must be ${JSON.stringify(params['allowedValue'])}.`;
  if (keyword === 'additionalProperties') return `must not have the key "${params['additionalProperty']}".`;
  return `${error.message ?? 'does not fit its schema'}.`;
}
