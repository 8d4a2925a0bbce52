import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { isJsonObject, type Json, type JsonObject } from '../../json.js';
import { STANDARD_SCHEMA } from './standard-schema.js';

/** One way in which a value does not fit the standard. */
export interface Misfit {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** A key that has no meaning there. */
  readonly unknownKey?: string;
}

const ID = 'https://sluice.invalid/open-workflow';

/**
 * Checks one part of a definition by the standard's own schema. Tasks inside it are taken for right: each is checked by
 * itself, so that one mistake is told once, where it is.
 *
 * @param part name of a definition of the schema; '' is the whole document
 */
export function findMisfits(part: string, value: Json): readonly Misfit[] {
  const validate = validatorOf(part);
  if (validate(value)) return [];
  return choose(validate.errors ?? []);
}

const validators = new Map<string, ValidateFunction>();
let ajv: Ajv2020 | undefined;

function validatorOf(part: string): ValidateFunction {
  const known = validators.get(part);
  if (known !== undefined) return known;
  ajv ??= createAjv();
  const made = ajv.compile({ $ref: part === '' ? ID : `${ID}#/$defs/${part}` });
  validators.set(part, made);
  return made;
}

function createAjv(): Ajv2020 {
  const made = new Ajv2020({ strict: false, allErrors: true, logger: false, ownProperties: true });
  (ajvFormats as unknown as (target: Ajv2020) => void)(made);
  made.addSchema(shallow(), ID);
  return made;
}

/** The schema with any map for a task, and each kind of call by a name of its own. */
function shallow(): JsonObject {
  const { $id: _, $defs: definitions, ...root } = STANDARD_SCHEMA;
  const all = definitions as JsonObject;
  const calls = ((all['callTask'] as JsonObject)['oneOf'] as readonly JsonObject[]).map(
    (schema) => [`call:${callOf(schema)}`, schema] as const,
  );
  return { ...root, $defs: { ...all, ...Object.fromEntries(calls), task: { type: 'object' } } };
}

function callOf(schema: JsonObject): string {
  const parts = schema['allOf'] as readonly JsonObject[];
  const properties = parts.map((part) => part['properties']).find(isJsonObject)!;
  const call = properties['call'] as JsonObject;
  return typeof call['const'] === 'string' ? call['const'] : 'function';
}

/** A failed choice fails in each of its branches; what is told is what went furthest into the value. */
function choose(errors: readonly ErrorObject[]): Misfit[] {
  const told = errors.filter(
    ({ keyword }) => !['oneOf', 'anyOf', 'allOf', 'if', '$ref', 'not'].includes(keyword),
  );
  const all = told.length === 0 ? errors : told;
  const unknown = all.filter(
    ({ keyword }) => keyword === 'unevaluatedProperties' || keyword === 'additionalProperties',
  );
  // A value that misses something in one place is not evaluated by the schema around it either.
  const rest = all.filter((error) => !unknown.includes(error));
  const source = rest.length === 0 ? unknown : [...rest, ...unknown.filter((error) => !covers(error, rest))];
  const byPath = new Map<string, Misfit>();
  for (const error of source) {
    const misfit = toMisfit(error);
    const key = JSON.stringify([misfit.path, misfit.unknownKey]);
    if (!byPath.has(key)) byPath.set(key, misfit);
  }
  const misfits = [...byPath.values()];
  return misfits.filter(
    ({ path }) => !misfits.some((other) => other.path.length > path.length && startsWith(other.path, path)),
  );
}

function covers({ instancePath, params }: ErrorObject, others: readonly ErrorObject[]): boolean {
  const key = String(params['unevaluatedProperty'] ?? params['additionalProperty']);
  const path = `${instancePath}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return others.some((other) => other.instancePath === path || other.instancePath.startsWith(`${path}/`));
}

function startsWith(path: readonly (string | number)[], beginning: readonly (string | number)[]): boolean {
  return beginning.every((key, at) => path[at] === key);
}

function toMisfit({ instancePath, keyword, params, message }: ErrorObject): Misfit {
  const path = instancePath
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  const unknown = params['unevaluatedProperty'] ?? params['additionalProperty'];
  if (typeof unknown === 'string')
    return { path: [...path, unknown], message: `\`${unknown}\` has no meaning here.`, unknownKey: unknown };
  if (keyword === 'required')
    return { path, message: `\`${String(params['missingProperty'])}\` is missing here.` };
  if (keyword === 'enum')
    return {
      path,
      message: `This must be one of ${(params['allowedValues'] as readonly Json[]).map(String).join(', ')}.`,
    };
  if (keyword === 'pattern' || keyword === 'format')
    return { path, message: 'This text has another form than the standard asks for.' };
  if (keyword === 'false schema') return { path, message: 'Nothing may stand here.' };
  return { path, message: `This ${message ?? 'does not fit'}.` };
}
