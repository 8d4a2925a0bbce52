import type { OutlineSchema } from '../definition/outline.js';
import { quote, shorten } from '../definition/path.js';
import { descend, entryOf, isMap, type Spot, type TreeMap, toJson } from '../definition/tree.js';
import type { JsonObject } from '../json.js';
import type { FindingCode } from './codes.js';
import { type CompiledSchema, createSchemaCompiler, readPointer, type SchemaProblem } from './json-schema.js';
import { suggest } from './nearest.js';
import { atKey, atValue, type FindingReport, type Where } from './report.js';
import { measurePattern } from './schema-limits.js';
import { patternsOf, referenceOf, schemasIn } from './schema-tree.js';

/** Schemas of all inputs together, and of all steps together, each counted as often as something refers to it: compiling and checking cost time. */
const MAX_SCHEMAS = 500;

const MAX_PATTERN_LENGTH = 1_000;

/** Schemas and the programs of their patterns, times characters of the default: bounds the time that checking takes. */
const MAX_WORK = 20_000_000;

/** Keywords that make a schema refer to, or be, something outside its own text. */
const FOREIGN = ['$id', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$async'];

const EXAMPLE = 'Write JSON Schema (2020-12), for example `{ type: string, default: main }`.';

interface Codes {
  readonly invalid: FindingCode;
  readonly reference: FindingCode;
}

const CODES: { readonly [K in OutlineSchema['of']]: Codes } = {
  input: { invalid: 'input-schema-invalid', reference: 'input-schema-reference' },
  output: { invalid: 'output-schema-invalid', reference: 'output-schema-reference' },
};

/** Checks that each input is described by a usable JSON Schema, and that its default fits. */
export function checkInputSchemas(inputs: ReadonlyMap<string, Spot<TreeMap>>, report: FindingReport): void {
  const schemas = [...inputs].map(([name, spot]) => ({ of: 'input' as const, name, spot }));
  checkSchemas(schemas, report, (name) => ({
    code: 'inputs-too-complex',
    message: `With ${quote(name)}, the inputs hold more than ${MAX_SCHEMAS} schemas.`,
    hint: 'Describe large inputs less deeply, or pass them as one object.',
  }));
}

/** Checks the schemas that stand in steps, as those of inputs. */
export function checkStepSchemas(schemas: readonly OutlineSchema[], report: FindingReport): void {
  checkSchemas(schemas, report, () => ({
    code: 'step-schemas-too-complex',
    message: `With this one, the steps hold more than ${MAX_SCHEMAS} schemas.`,
    hint: 'Describe fewer outputs, or less deeply.',
  }));
}

function checkSchemas(
  schemas: readonly OutlineSchema[],
  report: FindingReport,
  excess: (name: string) => { readonly code: FindingCode; readonly message: string; readonly hint: string },
): void {
  if (schemas.length === 0) return;
  const compile = createSchemaCompiler();
  let left = MAX_SCHEMAS;
  for (const { of, name, spot } of schemas) {
    const measured = new SchemaMeasure(spot, CODES[of], report).measure();
    if (measured === undefined) continue;
    left -= measured.schemas;
    if (left < 0) {
      const { code, message, hint } = excess(name);
      report.add(code, atKey(spot), message, hint);
      return;
    }
    if (of === 'output' || isWithinWork(spot, measured, report))
      checkSchema(spot, of, compile(toJson(spot.node) as JsonObject), report);
  }
}

/** Before anything is compiled, for that takes time too. */
function isWithinWork(spot: Spot<TreeMap>, { schemas, patterns }: Measured, report: FindingReport): boolean {
  const value = entryOf(spot, 'default');
  if (value === undefined || (schemas + patterns) * JSON.stringify(toJson(value.node)).length <= MAX_WORK)
    return true;
  report.add(
    'inputs-too-complex',
    atKey(value),
    'The default is too large for a schema of this size.',
    'Shorten the default, or simplify the schema and its patterns.',
  );
  return false;
}

function checkSchema(
  spot: Spot<TreeMap>,
  of: OutlineSchema['of'],
  compiled: CompiledSchema,
  report: FindingReport,
): void {
  if (!compiled.ok) return reportSchema(spot, CODES[of].invalid, compiled.problems, report);
  const value = entryOf(spot, 'default');
  // Nobody fills in the default of an output.
  if (value === undefined || of === 'output') return;
  for (const problem of compiled.check(toJson(value.node))) {
    report.add(
      'input-default-invalid',
      atValue(descend(value, problem.path)),
      `The default does not fit: ${shorten(problem.message)}.`,
      'Correct the default or the schema.',
    );
  }
}

function reportSchema(
  spot: Spot<TreeMap>,
  code: FindingCode,
  problems: readonly SchemaProblem[],
  report: FindingReport,
): void {
  const told = new Set<string>();
  for (const { path, message } of problems) {
    // The schema of schemas says of what holds a wrong part, too, that it does not fit.
    const holdsOther = problems.some(
      (other) => other.path.length > path.length && isPrefix(path, other.path),
    );
    if (holdsOther || told.has(path.join('/'))) continue;
    told.add(path.join('/'));
    const subject =
      path.length === 0 ? 'The schema cannot be used:' : `\`${shorten(path.join('.'))}\` of the schema`;
    const unknown = /unknown keyword: "(.+)"/.exec(message)?.[1];
    report.add(code, atValue(descend(spot, path)), `${subject} ${shorten(message)}.`, () =>
      unknown === undefined ? EXAMPLE : suggest(unknown, KEYWORDS, EXAMPLE),
    );
  }
}

function isPrefix(path: readonly string[], other: readonly string[]): boolean {
  return path.every((key, index) => other[index] === key);
}

const KEYWORDS = [
  'type',
  'properties',
  'required',
  'additionalProperties',
  'items',
  'enum',
  'const',
  'default',
  'description',
  'title',
  'examples',
  'pattern',
  'format',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'multipleOf',
  'exclusiveMinimum',
  'exclusiveMaximum',
];

interface Measured {
  readonly schemas: number;
  /** Size of the programs of all patterns. */
  readonly patterns: number;
}

/** Counts schemas, references followed, and refuses references that cannot be. */
class SchemaMeasure {
  private readonly sizes = new Map<object, Measured | 'open'>();
  private valid = true;

  constructor(
    private readonly root: Spot<TreeMap>,
    private readonly codes: Codes,
    private readonly report: FindingReport,
  ) {}

  /** Undefined where something was refused. */
  measure(): Measured | undefined {
    const size = this.measureSchema(this.root);
    return this.valid ? size : undefined;
  }

  private measureSchema(schema: Spot<TreeMap>): Measured {
    const known = this.sizes.get(schema.node);
    if (typeof known === 'object') return known;
    this.sizes.set(schema.node, 'open');
    for (const key of FOREIGN) {
      const spot = entryOf(schema, key);
      if (spot !== undefined) this.refuse(atKey(spot), `${quote(key)} has no meaning in a schema here.`);
    }
    const parts = schemasIn(schema).map((inner) => this.measureSchema(inner));
    const referred = this.measureReference(schema);
    if (referred !== undefined) parts.push(referred);
    const size = {
      schemas: parts.reduce((sum, part) => sum + part.schemas, 1),
      patterns: parts.reduce((sum, part) => sum + part.patterns, this.measurePatterns(schema)),
    };
    this.sizes.set(schema.node, size);
    return size;
  }

  private measurePatterns(schema: Spot<TreeMap>): number {
    let size = 0;
    for (const { spot, pattern } of patternsOf(schema)) {
      if (pattern.length <= MAX_PATTERN_LENGTH) {
        size += measurePattern(pattern);
      } else {
        this.valid = false;
        const message = `The pattern is longer than ${MAX_PATTERN_LENGTH} characters.`;
        this.report.add(
          this.codes.invalid,
          atValue(spot),
          message,
          'Shorten it, or use several under `allOf`.',
        );
      }
    }
    return size;
  }

  private measureReference(schema: Spot<TreeMap>): Measured | undefined {
    const reference = referenceOf(schema);
    if (reference === undefined) return undefined;
    const { spot, target } = reference;
    if (!target.startsWith('#')) {
      this.refuse(atValue(spot), `${quote(target)} lies outside the schema, and nothing is fetched.`);
      return undefined;
    }
    const found = this.resolve(target);
    if (found === undefined) {
      this.refuse(atValue(spot), `${quote(target)} names nothing in this schema.`);
      return undefined;
    }
    if (this.sizes.get(found.node) === 'open') {
      this.refuse(atValue(spot), `${quote(target)} leads back to itself.`);
      return undefined;
    }
    return this.measureSchema(found);
  }

  private resolve(target: string): Spot<TreeMap> | undefined {
    const keys = readPointer(target);
    if (target !== '#' && !target.startsWith('#/')) return undefined;
    const found = descend(this.root, keys);
    let depth = 0;
    for (let at = found.path; at !== this.root.path; at = at?.parent) depth++;
    return depth === keys.length && isMap(found) ? found : undefined;
  }

  private refuse(where: Where, message: string): void {
    this.valid = false;
    this.report.add(
      this.codes.reference,
      where,
      message,
      'Use `$ref` only as `#/$defs/…` of the same schema, without a circle.',
    );
  }
}
