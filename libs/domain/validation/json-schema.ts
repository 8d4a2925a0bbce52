import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { quote } from '../definition/path.js';
import type { Json, JsonObject } from '../json.js';
import { generating, MAX_MISTAKES, MAX_TRIED, tryWithin } from './schema-limits.js';

/** Characters of allowed values in a message. */
const MAX_LISTED = 400;

/** One thing about a value, or about a schema, that does not fit. */
export interface SchemaProblem {
  /** Keys and indexes from the value down to what is wrong. */
  readonly path: readonly string[];
  readonly message: string;
  readonly keyword: string;
  /** Keys of the schema from its root down to the keyword. */
  readonly schemaPath: readonly string[];
  /** The key in question: one that is missing (`required`), too many (`additionalProperties`) or misnamed. */
  readonly key?: string;
}

export type CompiledSchema =
  | { readonly ok: true; readonly check: (value: Json) => readonly SchemaProblem[] }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/**
 * Compiles JSON Schemas (2020-12; formats asserted, unknown keywords and formats refused). Patterns run in linear time
 * and know neither lookaround nor backreferences (RE2). Of a value with more than a thousand mistakes only the first is
 * told. A compiler remembers what it compiled: drop it with its schemas.
 */
export function createSchemaCompiler(): (schema: JsonObject) => CompiledSchema {
  const all = createAjv({ meta: false, validateSchema: false });
  return (schema) => {
    const meta = metaSchema();
    const valid = tryWithin([() => meta.validateSchema(schema)]);
    if (valid === undefined) return { ok: false, problems: [wholeProblem('holds too many mistakes')] };
    if (!valid.value) return { ok: false, problems: toProblems(meta.errors) };
    let validate: ValidateFunction;
    try {
      validate = all.compile(schema);
    } catch (error) {
      return { ok: false, problems: [wholeProblem(error instanceof Error ? error.message : String(error))] };
    }
    const check = (value: Json, by: ValidateFunction) => (by(value) ? [] : toProblems(by.errors));
    return {
      ok: true,
      check: (value) => {
        const checked = tryWithin([
          () => check(value, validate),
          () => check(value, compileForFirst(schema)),
        ]);
        return checked?.value ?? [wholeProblem('takes too long to check against its schema')];
      },
    };
  };
}

/** Compiled for one value with a great many mistakes, of which it tells the first. */
function compileForFirst(schema: JsonObject): ValidateFunction {
  const options = { meta: false, validateSchema: false, allErrors: false, code: generating(MAX_TRIED) };
  return createAjv(options).compile(schema);
}

function wholeProblem(message: string): SchemaProblem {
  return { path: [], message, keyword: '', schemaPath: [] };
}

const compiled = new WeakMap<JsonObject, CompiledSchema>();

/** Compiled once per object: for schemas that live as long as the program, such as the catalogue's. */
export function compileSchemaOnce(schema: JsonObject): CompiledSchema {
  const known = compiled.get(schema) ?? createSchemaCompiler()(schema);
  compiled.set(schema, known);
  return known;
}

let sharedMeta: Ajv2020 | undefined;

/** Made at first use: compiling the schema of schemas takes longer than most definitions. */
function metaSchema(): Ajv2020 {
  sharedMeta ??= createAjv({});
  return sharedMeta;
}

function createAjv(options: Options): Ajv2020 {
  const ajv = new Ajv2020({
    allErrors: true,
    ownProperties: true,
    strict: true,
    strictTypes: false,
    strictTuples: false,
    strictRequired: false,
    // Inlining copies a schema to each of its references.
    inlineRefs: false,
    logger: false,
    code: generating(MAX_MISTAKES),
    ...options,
  });
  (ajvFormats as unknown as (target: Ajv2020) => void)(ajv);
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must not have equal items' },
    validate: (wanted: boolean, items: readonly Json[]) => !wanted || haveNoEqual(items),
  });
  return ajv;
}

/** ajv compares each with each, which takes minutes for a long list. */
function haveNoEqual(items: readonly Json[]): boolean {
  return new Set(items.map((item) => JSON.stringify(item, sortKeys))).size === items.length;
}

function sortKeys(_: string, value: Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function toProblems(errors: readonly ErrorObject[] | null | undefined): SchemaProblem[] {
  // What is wrong with a name is an error of its own.
  return (errors ?? []).filter(({ keyword }) => keyword !== 'propertyNames').map(toProblem);
}

function toProblem({
  keyword,
  instancePath,
  schemaPath,
  params,
  message,
  propertyName,
}: ErrorObject): SchemaProblem {
  const key =
    propertyName ??
    params['missingProperty'] ??
    params['additionalProperty'] ??
    params['unevaluatedProperty'];
  const described = describe(keyword, params, message);
  return {
    path: readPointer(instancePath),
    message:
      propertyName === undefined
        ? described
        : `must not have the key ${quote(propertyName)}: a key ${described}`,
    keyword,
    // A URI fragment.
    schemaPath: readPointer(decodeURIComponent(schemaPath)),
    ...(typeof key === 'string' ? { key } : {}),
  };
}

function describe(keyword: string, params: ErrorObject['params'], message: string | undefined): string {
  switch (keyword) {
    case 'enum':
      return `must be one of ${listValues(params['allowedValues'])}`;
    case 'const':
      return `must be ${listValues(params['allowedValue'])}`;
    case 'required':
      return `must have the key ${quote(params['missingProperty'])}`;
    case 'additionalProperties':
      return `must not have the key ${quote(params['additionalProperty'])}`;
    default:
      return message ?? 'does not fit';
  }
}

/** What is allowed, as JSON, as much of it as a person reads. */
function listValues(allowed: Json): string {
  const text = JSON.stringify(allowed);
  return text.length <= MAX_LISTED ? text : `${text.slice(0, MAX_LISTED).toWellFormed()}…`;
}

/** A JSON Pointer (RFC 6901), with or without `#` before it. */
export function readPointer(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}
