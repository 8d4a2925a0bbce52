import { quote, shorten } from '../definition/path.js';
import { descend, entryOf, isMap, type Spot, type TreeMap, toJson } from '../definition/tree.js';
import type { JsonObject } from '../json.js';
import { compileSchema, readPointer, type SchemaProblem } from './json-schema.js';
import { suggest } from './nearest.js';
import { atKey, atValue, type FindingReport, type Where } from './report.js';
import { referenceOf, schemasIn } from './schema-tree.js';

/** Schemas of all inputs together, each counted as often as something refers to it: compiling and checking cost time. */
const MAX_SCHEMAS = 500;

/** Keywords that make a schema refer to, or be, something outside its own text. */
const FOREIGN = ['$id', '$anchor', '$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$async'];

const EXAMPLE = 'Write JSON Schema (2020-12), for example `{ type: string, default: main }`.';

/** Checks that each input is described by a usable JSON Schema, and that its default fits. */
export function checkInputSchemas(inputs: ReadonlyMap<string, Spot<TreeMap>>, report: FindingReport): void {
  let left = MAX_SCHEMAS;
  for (const [name, spot] of inputs) {
    const size = new SchemaMeasure(spot, report).measure();
    if (size === undefined) continue;
    left -= size;
    if (left < 0) {
      report.add(
        'inputs-too-complex',
        atKey(spot),
        `With ${quote(name)}, the inputs hold more than ${MAX_SCHEMAS} schemas.`,
        'Describe large inputs less deeply, or pass them as one object.',
      );
      return;
    }
    checkSchema(spot, report);
  }
}

function checkSchema(spot: Spot<TreeMap>, report: FindingReport): void {
  const compiled = compileSchema(toJson(spot.node) as JsonObject);
  if (!compiled.ok) return reportSchema(spot, compiled.problems, report);
  const value = entryOf(spot, 'default');
  for (const problem of value === undefined ? [] : compiled.check(toJson(value.node))) {
    const at = descend(value!, problem.path);
    report.add(
      'input-default-invalid',
      atValue(at),
      `The default does not fit: ${shorten(problem.message)}.`,
      'Correct the default or the schema.',
    );
  }
}

function reportSchema(spot: Spot<TreeMap>, problems: readonly SchemaProblem[], report: FindingReport): void {
  const told = new Set<string>();
  for (const { path, message } of problems) {
    // The schema of schemas says of what holds a wrong part, too, that it does not fit.
    const holdsOther = problems.some((other) => other.path.length > path.length && isPrefix(path, other.path));
    if (holdsOther || told.has(path.join('/'))) continue;
    told.add(path.join('/'));
    const subject = path.length === 0 ? 'The schema cannot be used:' : `\`${shorten(path.join('.'))}\` of the schema`;
    const unknown = /unknown keyword: "(.+)"/.exec(message)?.[1];
    report.add('input-schema-invalid', atValue(descend(spot, path)), `${subject} ${shorten(message)}.`, () =>
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

/** Counts schemas, references followed, and refuses references that cannot be. */
class SchemaMeasure {
  private readonly sizes = new Map<object, number | 'open'>();
  private valid = true;

  constructor(
    private readonly root: Spot<TreeMap>,
    private readonly report: FindingReport,
  ) {}

  /** Undefined where a reference was refused. */
  measure(): number | undefined {
    const size = this.measureSchema(this.root);
    return this.valid ? size : undefined;
  }

  private measureSchema(schema: Spot<TreeMap>): number {
    const known = this.sizes.get(schema.node);
    if (typeof known === 'number') return known;
    this.sizes.set(schema.node, 'open');
    for (const key of FOREIGN) {
      const spot = entryOf(schema, key);
      if (spot !== undefined)
        this.refuse(atKey(spot), `${quote(key)} has no meaning in the schema of an input.`);
    }
    let size = 1 + this.measureReference(schema);
    for (const inner of schemasIn(schema)) size += this.measureSchema(inner);
    this.sizes.set(schema.node, size);
    return size;
  }

  private measureReference(schema: Spot<TreeMap>): number {
    const reference = referenceOf(schema);
    if (reference === undefined) return 0;
    const { spot, target } = reference;
    if (!target.startsWith('#')) {
      this.refuse(atValue(spot), `${quote(target)} lies outside the schema, and nothing is fetched.`);
      return 0;
    }
    const found = this.resolve(target);
    if (found === undefined) {
      this.refuse(atValue(spot), `${quote(target)} names nothing in this schema.`);
      return 0;
    }
    if (this.sizes.get(found.node) === 'open') {
      this.refuse(atValue(spot), `${quote(target)} leads back to itself.`);
      return 0;
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
      'input-schema-reference',
      where,
      message,
      'Use `$ref` only as `#/$defs/…` of the same input, without a circle.',
    );
  }
}
